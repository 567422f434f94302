/**
 * Which labels are out of the question from where the camera is: what they name is certainly out of view, or
 * certainly too small. That is so for most of them, and seen from a sphere around all their places; numbers lie
 * one after the other, for all of them are gone through on every frame.
 */
import type { Choice } from "./labelChoices";
import type { Label, Point } from "./label";
import { PLAY } from "./labelPlacer";
import type { Projector } from "./projector";

/** For each choice: the middle and the radius of its sphere, its longest line, how long that has to be, its reach. */
const ITEMS = 7;

export class Reaches {
  private numbers = new Float64Array(0);
  private projectors: Projector[] = [];
  private readonly whose = new Map<Projector, number>();
  private owners = new Uint8Array(0);

  /** From now on the labels are these. */
  set(choices: readonly Choice[]): void {
    this.projectors = [];
    this.whose.clear();
    if (this.owners.length < choices.length) {
      this.numbers = new Float64Array(choices.length * 2 * ITEMS);
      this.owners = new Uint8Array(choices.length * 2);
    }
    choices.forEach((choice, i) => {
      this.numbers.set(choice.reach, ITEMS * i);
      this.owners[i] = this.ownerOf(choice.of.standing.projector);
    });
  }

  /** False: no label of choice `i` can be placed. */
  mayFit(i: number): boolean {
    const { numbers } = this;
    const projector = this.projectors[this.owners[i]!]!;
    const at = ITEMS * i;
    const radius = numbers[at + 3]!;
    projector.project(numbers[at]!, numbers[at + 1]!, numbers[at + 2]!);
    const { x, y, w, focal, width, height } = projector;
    const nearest = w - radius;
    if (!(nearest > 1)) return w + radius > 0;
    const cellPx = focal / nearest;
    // What is nearer than the middle of the sphere is also further out from that of the picture.
    const [outX, outY] = [Math.abs(x) + 2 * width, Math.abs(y) + 2 * height];
    const across = cellPx * radius * (1 + outX / focal);
    const down = cellPx * radius * (1 + outY / focal);
    const slope = (outX + across + outY + down) / focal;
    if (cellPx * numbers[at + 4]! * (1 + slope) < numbers[at + 5]!) return false;
    const reach = numbers[at + 6]!;
    return (
      x > -across - reach &&
      x < width + across + reach &&
      y > -down - reach &&
      y < height + down + reach
    );
  }

  private ownerOf(projector: Projector): number {
    let owner = this.whose.get(projector);
    if (owner === undefined) {
      owner = this.projectors.push(projector) - 1;
      this.whose.set(projector, owner);
    }
    return owner;
  }
}

/** What `Reaches` knows of some labels of which one is shown. */
export function reachOf(labels: readonly Label[]): Float64Array {
  const points: Point[] = [];
  let [longest, leastPx, reachPx] = [0, Infinity, 0];
  for (const { anchor, span, shift, staysIn } of labels) {
    points.push(anchor);
    reachPx = Math.max(reachPx, Math.abs(shift[0]), Math.abs(shift[1]), staysIn ? Infinity : 0);
    leastPx = Math.min(leastPx, span === undefined ? 0 : span.leastPx * PLAY);
    if (span === undefined) continue;
    points.push(span.from, span.to, ...(span.over ? [span.over] : []));
    longest = Math.max(longest, distance(span.from, span.to));
  }
  const middle = [0, 1, 2].map((side) => {
    const along = points.map((point) => point[side]!);
    return (Math.min(...along) + Math.max(...along)) / 2;
  }) as unknown as Point;
  const radius = Math.max(...points.map((point) => distance(point, middle)));
  return Float64Array.of(...middle, radius, longest, leastPx, reachPx + 1);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
