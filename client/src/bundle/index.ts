/** What a bundle holds, in the browser: models, cells, values, tiles, and running a prompt. */
export { equalCells, formatCell, parseCell, type CellRef } from "./cell";
export { BundleError, CutawayError, nearMatches, UnknownCell, UnknownTensor } from "./errors";
export type { FetchOptions, Progress } from "./fetch";
export { loadBundle, loadCatalogued, loadValues, type LoadedBundle } from "./load";
export { loadPhrases } from "./phrases";
export { loadTour } from "./tour";
export { fullName, lengthOf, type Lengths, LoadedModel, stackOf, TensorInfo } from "./model";
export { infoOf, type Prompt } from "./prompt";
export { Runner } from "./runner";
export { parseSafetensors, type Safetensors, type ValueArray } from "./safetensors";
export {
  MemoryTiles,
  TILE_SIDE,
  type Extent,
  type Tile,
  type TileRequest,
  type TileSource,
} from "./tiles";
export { rowMajor, stepsOf, stridesOf, Values, type Summary } from "./values";
export type * as wire from "./wire";
