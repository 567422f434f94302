/**
 * Generated from src/cutaway/wire/stages.py by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * What corresponds to what in other models: a model's steps of computation, named alike in every
 * model.
 *
 * Two models are compared part by part by lining these up; see `cutaway.alignment`.
 */

/** How a step is computed in some of the layers. */
export type Variant = [tensor: number, form: string, reads: string[], layers: number];

/** One computed tensor of a stage. */
export type StageStep = [key: string, label: string, variants: Variant[]];

/** A part of the computation, such as the norm before attention. */
export type Stage = [
  group: string,
  slot: string,
  key: string,
  label: string,
  layers: number,
  says: Record<string, string>,
  steps: StageStep[],
];
