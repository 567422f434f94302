/** Which of many rectangles can be shown without any two of them overlapping. */

/** Left, top, right, bottom of rectangle i are at 4 i. */
export class Declutter {
  private readonly placed: Float64Array;
  private count = 0;

  constructor(capacity: number) {
    this.placed = new Float64Array(capacity * 4);
  }

  clear(): void {
    this.count = 0;
  }

  /**
   * Whether a rectangle overlaps none that is placed. `slack`: CSS pixels that it may overlap by;
   * labels that are shown get some, so that they do not flicker as the camera moves.
   */
  fits(left: number, top: number, right: number, bottom: number, slack: number): boolean {
    const { placed } = this;
    for (let i = 0; i < this.count; i++) {
      const at = i * 4;
      if (
        left < placed[at + 2]! - slack &&
        right > placed[at]! + slack &&
        top < placed[at + 3]! - slack &&
        bottom > placed[at + 1]! + slack
      ) {
        return false;
      }
    }
    return true;
  }

  add(left: number, top: number, right: number, bottom: number): void {
    const at = this.count * 4;
    this.placed[at] = left;
    this.placed[at + 1] = top;
    this.placed[at + 2] = right;
    this.placed[at + 3] = bottom;
    this.count += 1;
  }
}
