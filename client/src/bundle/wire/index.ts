/**
 * Generated from src/cutaway/wire by `python -m cutaway.wire_typescript`. Do not edit.
 *
 * The bundle's wire format: what Python writes and the browser reads, declared once.
 *
 * Pipeline stage: between everything that computes (formula, layout, evaluate) and everything that
 * draws. A module for each thing that travels. The TypeScript types in `client/src/bundle/wire` are
 * generated from these by `python -m cutaway.wire_typescript`; a test fails when they drift.
 *
 * Conventions:
 * * Tensor names are TransformerLens names. A tensor that exists once per layer is declared once,
 *   with `*` in place of the layer number (`blocks.*.attn.q`) and the list of layers it exists in.
 *   In a formula, `blocks.*.x` is the same layer, `blocks.<.x` the previous layer and `blocks.2.x`
 *   that very layer. The *stack* of a name is what stands before `.*`.
 * * Lengths in the scene are in cells: one cell is one unit. `x` runs right, `y` runs **down**, `z`
 *   runs **away** from the viewer. A box's position is its top left front corner.
 * * Values are little-endian float32 (token ids: int32) in safetensors files, in the tensor's own
 *   axis order, under the tensor's full name. An axis with `length_of` has the length of that input
 *   in the run.
 */

export * from "./bundle";
export * from "./costs";
export * from "./definition";
export * from "./expressions";
export * from "./run";
export * from "./scene";
export * from "./stages";
export * from "./text";
export * from "./tour";
