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
  view: "Was verglichen wird",
  views: { figures: "Zahlen und Arten", parts: "Teil für Teil" },
  copy: "Als CSV kopieren",
  copied: "Kopiert",
  refused: "Die Tabelle ließ sich nicht kopieren: Dieser Browser erlaubt es hier nicht.",
  verdicts: {
    same: "gleich",
    sizes: "andere Größen",
    numbers: "andere Zahlen",
    formula: "andere Formel",
  },
  only: (title) => `nur in ${title}`,
  layers: (n) => `${n} Schichten`,
  as: (part) => `Unterscheidet sich wie der Teil „${part}“.`,
  notes:
    "Zusammen stehen Teile, die in ihren Modellen dasselbe tun. Was sich in einer Formel unterscheidet, ist markiert; Buchstaben und Längen von Achsen zählen nicht. Was ein Teil aus dem Residualstrom liest, heißt x, wo immer es gemacht wurde: Dort wird es selbst verglichen.",
  note: (n) =>
    `Multiplikationen (mit Addition) je Token: ein Durchgang über ${n} Token, durch ihre Zahl geteilt. Paare von Token, die eine Maske oder ein Fenster auslässt, sind mitgezählt. Wo Token auf alle vor ihnen zurückblicken, ist das, was das letzte von ihnen braucht, während der Cache behält, was aus den anderen gemacht wurde; wo eine Schicht ein Fenster hat, braucht das letzte weniger.`,
  /** What the page itself counts, by its English name. */
  rows: {
    Size: "Größe",
    parameters: "Parameter",
    "active parameters": "aktive Parameter",
    "multiply-adds per token": "Multiplikationen je Token",
    "cache per token": "Cache je Token",
    "weights as float32": "Gewichte als float32",
    "weights as bfloat16": "Gewichte als bfloat16",
    "weights as int8": "Gewichte als int8",
    "weights as 4 bit": "Gewichte mit 4 Bit",
    Kinds: "Arten",
    "Parameters by part": "Parameter nach Teilen",
    "Active parameters by part": "Aktive Parameter nach Teilen",
    "Multiply-adds per token, by part": "Multiplikationen je Token, nach Teilen",
  },
};
