import { CutawayError } from "../bundle/errors";

/** A scene of the bundle that contradicts its model. */
export class SceneError extends CutawayError {
  override readonly name = "SceneError";
}
