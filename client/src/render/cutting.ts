/**
 * Cuts blocks open so that the pinned cell, and what it was computed from, can be seen: see scene/cuts.
 *
 * What is open stays open until another cell is pinned, or none: nothing closes while one looks around,
 * or points at other cells.
 */
import { equalCells } from "../bundle/cell";
import { cutFor, NO_CUTS, type Wanted } from "../scene/cuts";
import type { Theme } from "../theme/palette";
import { type Highlight, outlinesOf, wantedBy } from "./highlight";
import type { PanelPart } from "./panelMesh";
import type { Standing } from "./standing";

export class Cutting {
  private of: Standing | null = null;
  private cell: Highlight["cell"] | null = null;
  private wanted: readonly Wanted[] = [];

  /** The cell in question, and whose it is. True: blocks are cut otherwise than before. */
  set(highlight: Highlight | null, standing: Standing | null): boolean {
    if (highlight !== null && !highlight.pinned) return false;
    const before = this.of;
    const closed = before !== null && before.cuts.size > 0 && !this.isAbout(highlight, standing);
    if (closed) before.cuts = NO_CUTS;
    this.of = highlight === null ? null : standing;
    this.cell = highlight?.cell ?? null;
    this.wanted = highlight && standing ? wantedBy(highlight, standing.figure.byTensor) : [];
    return this.look() || closed;
  }

  /** The camera may have moved. True: more is cut open than before. */
  look(): boolean {
    const { of, wanted } = this;
    if (of === null) return false;
    const cuts = cutFor(wanted, of.projector.eye, of.cuts);
    if (cuts === of.cuts) return false;
    of.cuts = cuts;
    return true;
  }

  /** Outlines of what was taken away. */
  panels(theme: Theme): PanelPart[] {
    const { of } = this;
    if (of === null || of.cuts.size === 0) return [];
    return [{ panels: outlinesOf(of.cuts, theme), offset: of.offset }];
  }

  private isAbout(highlight: Highlight | null, standing: Standing | null): boolean {
    return standing === this.of && equalCells(highlight?.cell ?? null, this.cell);
  }
}
