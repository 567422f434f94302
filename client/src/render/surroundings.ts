/**
 * What stands around the blocks of all models: names, rulers, the prompt, the predictions. What is around
 * a model is there as long as the model is; what is in a layer comes and goes with it (see nearby.ts),
 * while the camera moves one layer every few frames.
 */
import type { Theme } from "../theme/palette";
import type { Group } from "../scene/groups";
import type { Vector } from "./camera";
import type { Decoration } from "./decoration";
import type { LabelLayer } from "./labelLayer";
import { Nearby } from "./nearby";
import type { PanelPart } from "./panelMesh";
import type { Stage } from "./stage";
import type { Standing } from "./standing";
import { StrokeMesh } from "./strokeMesh";

/** A decoration that is drawn: its labels and strokes, by what they are removed again. */
interface Drawn {
  readonly decoration: Decoration;
  readonly offset: Vector;
  readonly labels: number;
  readonly strokes: number;
}

/** While the camera moves, the next layer is drawn after so many frames. */
const PAUSE_FRAMES = 3;
/** In place of a layer: what is around the whole model. */
const WHOLE = Symbol("whole");
type Place = Group | typeof WHOLE;

export class Surroundings {
  readonly rulers: StrokeMesh;
  /** The panels among it, which are drawn together with others. */
  panels: readonly PanelPart[] = [];
  private readonly nearby = new Nearby();
  private readonly drawn = new Map<Standing, Map<Place, Drawn>>();
  /** Layers near by that have yet to be drawn. */
  private isBehind = false;
  private frames = 0;

  constructor(
    stage: Stage,
    private readonly labels: LabelLayer,
  ) {
    this.rulers = new StrokeMesh(stage, labels.states.texture, 1);
  }

  /** What is around these models, and in their layers that are near; words, colours or places may have changed. */
  set(standings: readonly Standing[], theme: Theme): void {
    for (const [standing, places] of this.drawn) {
      if (standings.includes(standing)) continue;
      for (const place of places.keys()) this.take(standing, place);
      this.drawn.delete(standing);
    }
    const isOneOfSeveral = standings.length > 1;
    const panels: PanelPart[] = [];
    for (const standing of standings) {
      const around = standing.around(theme, isOneOfSeveral);
      this.put(standing, WHOLE, around);
      if (around.panels.length > 0) {
        panels.push({ panels: around.panels, offset: standing.offset });
      }
    }
    this.panels = panels;
    this.followNearby(standings, theme, Infinity);
  }

  /** Follow the camera to other layers. True: some have yet to come. */
  update(
    standings: readonly Standing[],
    theme: Theme,
    elapsedMs: number,
    isAtRest: boolean,
  ): boolean {
    if (this.nearby.update(standings, elapsedMs, isAtRest)) this.isBehind = true;
    this.frames += 1;
    if (this.isBehind && (isAtRest || this.frames >= PAUSE_FRAMES)) {
      this.frames = 0;
      this.followNearby(standings, theme, isAtRest ? Infinity : 1);
    }
    return this.isBehind;
  }

  /** Draw layers that have come near, no more than `most` that are new, and no others. */
  private followNearby(standings: readonly Standing[], theme: Theme, most: number): void {
    this.isBehind = false;
    let added = 0;
    for (const standing of standings) {
      const near = this.nearby.groupsOf(standing);
      for (const place of this.drawn.get(standing)?.keys() ?? []) {
        if (place !== WHOLE && !near.includes(place)) this.take(standing, place);
      }
      for (const group of near) {
        const isNew = this.drawn.get(standing)?.has(group) !== true;
        if (isNew && added === most) this.isBehind = true;
        else if (this.put(standing, group, standing.within(group, theme))) added += 1;
      }
    }
  }

  /** True: it was not there, or there was another in its place. */
  private put(standing: Standing, place: Place, decoration: Decoration): boolean {
    let places = this.drawn.get(standing);
    if (places === undefined) this.drawn.set(standing, (places = new Map()));
    const before = places.get(place);
    const { offset } = standing;
    if (before?.decoration === decoration && isSame(before.offset, offset)) return false;
    const seen = before && this.labels.seen(before.labels);
    if (before !== undefined) this.take(standing, place);
    const first = this.labels.add({ standing, labels: decoration.labels });
    if (seen !== undefined) this.labels.goOn(first, seen);
    const strokes = this.rulers.add({ strokes: decoration.strokes, offset, firstLabel: first });
    places.set(place, { decoration, offset, labels: first, strokes });
    return true;
  }

  private take(standing: Standing, place: Place): void {
    const places = this.drawn.get(standing);
    const drawn = places?.get(place);
    if (drawn === undefined) return;
    places!.delete(place);
    this.labels.remove(drawn.labels);
    this.rulers.remove(drawn.strokes, drawn.decoration.strokes.length);
  }
}

function isSame(a: Vector, b: Vector): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}
