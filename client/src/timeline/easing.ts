/** How a value goes from one key to the next; as `src/cutaway/tour/easing.py`. */
export const EASINGS: Readonly<Record<string, (u: number) => number>> = {
  hold: (u) => (u < 1 ? 0 : 1),
  linear: (u) => u,
  smooth: (u) => u * u * (3 - 2 * u),
  in: (u) => u * u,
  out: (u) => u * (2 - u),
};
