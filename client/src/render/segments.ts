/** Which ranges of a buffer are in use: finds room for another one, and takes it back. */
export class Segments {
  /** Everything in use is before this. */
  end: number;
  /** Free ranges before the end, in order, no two of them touching. */
  private free: { from: number; to: number }[] = [];

  /** The first `first` places are never given away. */
  constructor(private readonly first = 0) {
    this.end = first;
  }

  /** Room for `count` places beside one another; returns the first of them. */
  take(count: number): number {
    const at = this.free.findIndex(({ from, to }) => to - from >= count);
    if (at < 0) {
      this.end += count;
      return this.end - count;
    }
    const range = this.free[at]!;
    const { from } = range;
    range.from += count;
    if (range.from === range.to) this.free.splice(at, 1);
    return from;
  }

  /** Takes back what `take` gave. */
  give(from: number, count: number): void {
    if (count === 0) return;
    let at = this.free.findIndex((range) => range.from > from);
    if (at < 0) at = this.free.length;
    this.free.splice(at, 0, { from, to: from + count });
    for (const i of [at, at - 1]) {
      const [a, b] = [this.free[i], this.free[i + 1]];
      if (a === undefined || b === undefined || a.to !== b.from) continue;
      a.to = b.to;
      this.free.splice(i + 1, 1);
    }
    const last = this.free.at(-1);
    if (last?.to === this.end) {
      this.end = Math.max(last.from, this.first);
      this.free.pop();
    }
  }
}
