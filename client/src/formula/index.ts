/** Formulas in the browser: evaluating and explaining one cell, and choosing the next token. */
export { beside, type Reading } from "./beside";
export { curve } from "./curve";
export { evaluate } from "./evaluate";
export { explain, Explanation } from "./explain";
export { shown, typesetNumber } from "./numbers";
export { TERMS_SHOWN, type NumbersTemplate } from "./print";
export {
  chances,
  checkSampling,
  choose,
  GREEDY,
  SettingError,
  uniform,
  type Chance,
  type Sampling,
} from "./sampling";
export { cellsOf, type Range, type Source } from "./sources";
export type { Factor, Term, Terms } from "./terms";
