/** What stands around the blocks of all models: names, rulers, the prompt, the predictions. */
import type { Theme } from "../theme/palette";
import type { LabelLayer } from "./labelLayer";
import { Nearby } from "./nearby";
import type { PanelPart } from "./panelMesh";
import type { Stage } from "./stage";
import type { Standing } from "./standing";
import { StrokeMesh } from "./strokeMesh";

export class Surroundings {
  readonly rulers: StrokeMesh;
  /** The panels among it, which are drawn together with others. */
  panels: readonly PanelPart[] = [];
  private readonly nearby = new Nearby();

  constructor(
    stage: Stage,
    private readonly labels: LabelLayer,
  ) {
    this.rulers = new StrokeMesh(stage, labels.state, 1);
  }

  /** Whether other layers are near than before, so that `set` is due. */
  update(standings: readonly Standing[], elapsedMs: number, isAtRest: boolean): boolean {
    return this.nearby.update(standings, elapsedMs, isAtRest);
  }

  /** What is around these models, and in their layers that are near. */
  set(standings: readonly Standing[], theme: Theme): void {
    const isOneOfSeveral = standings.length > 1;
    const parts = standings.flatMap((standing) =>
      [
        standing.around(theme, isOneOfSeveral),
        ...this.nearby.groupsOf(standing).map((group) => standing.within(group, theme)),
      ].map((decoration) => ({ standing, offset: standing.offset, ...decoration })),
    );
    const firsts = this.labels.set(parts);
    this.rulers.set(parts.map((part, i) => ({ ...part, firstLabel: firsts[i]! })));
    this.panels = parts.filter(({ panels }) => panels.length > 0);
  }
}
