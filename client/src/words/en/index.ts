/** Everything that the page itself says, in English. */
import { comparison } from "./comparison";
import { cells, files } from "./files";
import { reading } from "./reading";
import { view } from "./view";

export const english = {
  /** Of the language, as `<html lang>` and number formats take it. */
  code: "en",
  ...view,
  ...reading,
  comparison,
  files,
  cells,
  numbers: {
    million: "million",
    billion: "billion",
    trillion: "trillion",
    quadrillion: "quadrillion",
    /** Units of the trade, behind three digits. */
    letters: { million: "M", billion: "B", trillion: "T", quadrillion: "×10¹⁵" },
    bytes: "bytes",
    about: (n: string) => `about ${n}`,
  },
};

/** What another language has to say, too: a missing one fails the type check. */
export type Words = typeof english;
