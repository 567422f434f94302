/** German: the table that compares two models. */
import type { Words } from "../en";

export const comparison: Words["comparison"] = {
  name: "Vergleich",
  title: "Was sich unterscheidet",
  close: "Vergleich schließen",
  onlyDifferences: "Nur Unterschiede",
  tokens: "Token im Kontext",
  first: "Erstes Modell",
  second: "Zweites Modell",
  ratio: "zweites / erstes",
  same: "gleich",
  differs: "anders",
  none: "nichts",
  nothing: "Nichts unterscheidet sich.",
  more: (size) => `${size}-mal so viel`,
  less: (size) => `ein ${size}tel davon`,
  note: (n) =>
    `Multiplikationen (mit Addition) je Token: ein Durchgang über ${n} Token, durch ihre Zahl geteilt. Wo Token nur zurückblicken, ist das, was das letzte von ihnen braucht, während der Cache behält, was aus denen davor gemacht wurde. Paare von Token, die eine Maske auslässt, sind mitgezählt, denn sie werden berechnet.`,
};
