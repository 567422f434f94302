/** English: the table that compares two models. */

export const comparison = {
  name: "Comparison",
  title: "What differs",
  close: "Close the comparison",
  onlyDifferences: "Only what differs",
  tokens: "Tokens in the context",
  first: "First model",
  second: "Second model",
  ratio: "second / first",
  same: "same",
  differs: "differs",
  none: "none",
  nothing: "Nothing differs.",
  more: (size: string) => `${size} times as much`,
  less: (size: string) => `a ${size}th as much`,
  view: "What to compare",
  views: { figures: "Figures and kinds", parts: "Part by part" },
  copy: "Copy as CSV",
  copied: "Copied",
  refused: "The table could not be copied: this browser does not allow it here.",
  verdicts: {
    same: "the same",
    sizes: "other sizes",
    numbers: "other numbers",
    formula: "another formula",
  },
  only: (title: string) => `only in ${title}`,
  layers: (n: string) => `${n} layers`,
  as: (part: string) => `Differs as the part “${part}” does.`,
  notes:
    "Parts stand together that do the same for their models. What differs in a formula is marked; letters of axes and their lengths do not count. What a part reads of the residual stream is called x, wherever it was made: there it is compared itself.",
  note: (n: string, isOne: boolean) =>
    `Multiply-adds per token: a pass over ${n} ${isOne ? "token" : "tokens"}, divided by ${isOne ? "it" : "them"}. Pairs of tokens that a mask or a window leaves out are counted. Where tokens look back on all before them, that is what the last of them takes while the cache keeps what was made of the others; where a layer has a window, the last takes less.`,
};
