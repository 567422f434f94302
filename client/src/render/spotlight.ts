/** The cell in question and what it was computed from, lit up: curves, marks, everything else dimmed. */
import type { Theme } from "../theme/palette";
import type { BandMesh } from "./bandMesh";
import type { CellMesh } from "./cellMesh";
import { type Highlight, lit } from "./highlight";
import type { PanelPart } from "./panelMesh";
import type { Stage } from "./stage";
import type { Standing } from "./standing";
import { StrokeMesh } from "./strokeMesh";
import type { LabelStates } from "./labelStates";

const CURVE_STEPS = 28;
/** How much of everything that is not involved fades while a cell is pinned. */
const PINNED_DIM = 0.4;
const ORIGIN = [0, 0, 0] as const;

export class Spotlight {
  highlight: Highlight | null = null;
  /** The panels among it, which are drawn together with others. */
  panels: PanelPart | null = null;
  readonly curves: StrokeMesh;

  constructor(
    stage: Stage,
    states: LabelStates,
    private readonly dimmed: { cells: CellMesh; bands: BandMesh; rulers: StrokeMesh },
  ) {
    this.curves = new StrokeMesh(stage, states.texture, CURVE_STEPS);
  }

  /** `standing`: whose cell it is. */
  set(highlight: Highlight | null, standing: Standing | null, theme: Theme): void {
    this.highlight = highlight;
    const found =
      highlight === null || standing === null
        ? null
        : lit(highlight, standing.figure.byTensor, standing.lengths, theme);
    const offset = standing?.offset ?? ORIGIN;
    this.panels = found && { panels: found.panels, offset };
    this.curves.set(found && { strokes: found.curves, offset, firstLabel: 0 });
    const dim = found !== null && highlight?.pinned ? PINNED_DIM : 0;
    const { cells, bands, rulers } = this.dimmed;
    cells.setDim(dim, found?.blocks ?? new Set());
    bands.setDim(dim * 0.8);
    rulers.setDim(dim * 0.6);
  }
}
