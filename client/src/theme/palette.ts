/**
 * Every colour of the page and of the scene, in one place, for both themes.
 *
 * Cells: each role has one hue and one monotone ramp of lightness, so that sign and magnitude survive
 * colour blindness: `negative` and `positive` are the ends, `zero` the middle. In both themes the
 * positive end stands out from the page and the negative end sinks into it. Axis kinds index `axes`.
 *
 * The values were chosen in OKLCH and checked with simulated protanopia, deuteranopia and tritanopia;
 * `palette.test.ts` keeps the contrast of everything that is read as text at 4.5:1 or better.
 */
export interface Ramp {
  negative: string;
  zero: string;
  positive: string;
  /** Outlines and labels of this role. */
  ink: string;
}

export type Role = "input" | "weight" | "activation" | "statistic";

export interface Theme {
  name: "light" | "dark";
  background: string;
  surface: string;
  ink: string;
  inkSoft: string;
  line: string;
  accent: string;
  /** Highlight of the hovered or pinned cell and of the curves to its sources. */
  highlight: string;
  roles: Record<Role, Ramp>;
  residual: string;
  empty: string;
  /** Colour of axis kinds, by `AxisKind.colour`. */
  axes: string[];
}

export const light: Theme = {
  name: "light",
  background: "#f5f4f0",
  surface: "#fdfcfa",
  ink: "#1b2027",
  inkSoft: "#565e6a",
  line: "#d8d6cf",
  accent: "#2c3f63",
  highlight: "#cf2a0e",
  roles: {
    input: { negative: "#f4f0f8", zero: "#ad9dba", positive: "#533c67", ink: "#5c496c" },
    weight: { negative: "#e1f3fe", zero: "#6296da", positive: "#14359b", ink: "#1346ab" },
    activation: { negative: "#dffde4", zero: "#78c69b", positive: "#025639", ink: "#01633f" },
    statistic: { negative: "#fdf7d0", zero: "#e6b14e", positive: "#974c00", ink: "#8c5007" },
  },
  residual: "#9cc7ae",
  empty: "#e6e4de",
  axes: [
    "#be2357",
    "#016f82",
    "#7444b4",
    "#556e1c",
    "#ac4a1e",
    "#364ab5",
    "#575e69",
    "#036c4d",
    "#a8358b",
    "#694323",
  ],
};

export const dark: Theme = {
  name: "dark",
  background: "#12151b",
  surface: "#1a1e26",
  ink: "#e8eaee",
  inkSoft: "#9aa3b2",
  line: "#323945",
  accent: "#b9c9ea",
  highlight: "#ff825b",
  roles: {
    input: { negative: "#231c29", zero: "#685977", positive: "#e6d7f2", ink: "#cbb8da" },
    weight: { negative: "#0d1633", zero: "#274a93", positive: "#a9d7ff", ink: "#87bafd" },
    activation: { negative: "#031e14", zero: "#237556", positive: "#8ffdb8", ink: "#6cd79d" },
    statistic: { negative: "#301904", zero: "#9d6810", positive: "#ffe79d", ink: "#f1bf5b" },
  },
  residual: "#2f5b48",
  empty: "#20252e",
  axes: [
    "#fb89a0",
    "#56d2df",
    "#c49bf3",
    "#bbd96c",
    "#f9a870",
    "#7fa0fc",
    "#b8bec8",
    "#64d6af",
    "#f59cd8",
    "#caab88",
  ],
};

export const themes = { light, dark };

/** Colour of an axis kind; kinds beyond the palette start again from its beginning. */
export function axisColour(theme: Theme, colour: number): string {
  return theme.axes[colour % theme.axes.length]!;
}
