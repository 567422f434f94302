/** The 3D picture: what the page uses of it. */
export { NoWebGL2 } from "./errors";
export type { CameraState } from "./camera";
export type { Highlight, SourceRange } from "./highlight";
export type { Corner, Insets } from "./labelPlacer";
export type { Destination } from "./destinations";
export type { Located } from "./locating";
export { type PointerReport, type SceneEvents, SceneView } from "./SceneView";
export type { CopyPlan } from "./copies";
export type { Framing, SplitPlan, Staging, SweepPlan } from "./staging";
