/**
 * How far the colour of a cell is from the middle of its ramp: 0 for zero, 1 for the largest
 * magnitude of its tensor. Steep at zero, so that small values can be told apart. The shader of the
 * cells has the same curve, and legends draw their scale with it.
 */
export function tone(share: number): number {
  const x = Math.min(Math.abs(share), 1);
  return (x * 1.6) / (x + 0.6);
}
