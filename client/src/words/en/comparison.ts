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
  note: (n: string, isOne: boolean) =>
    `Multiply-adds per token: a pass over ${n} ${isOne ? "token" : "tokens"}, divided by ${isOne ? "it" : "them"}. Where tokens look back only, that is what the last of them takes while the cache keeps what was made of those before it. Pairs of tokens that a mask leaves out are counted, as they are computed.`,
};
