/** Everything that the page itself says, in German; fetched when somebody reads it. */
import type { Words } from "../en";
import { comparison } from "./comparison";
import { cells, files } from "./files";
import { reading } from "./reading";
import { view } from "./view";

export const german: Words = {
  code: "de",
  ...view,
  ...reading,
  comparison,
  files,
  cells,
  numbers: {
    million: "Millionen",
    billion: "Milliarden",
    trillion: "Billionen",
    quadrillion: "Billiarden",
    letters: { million: "Mio.", billion: "Mrd.", trillion: "Bio.", quadrillion: "×10¹⁵" },
    bytes: "Bytes",
    about: (n) => `etwa ${n}`,
  },
};
