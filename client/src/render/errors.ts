import { CutawayError } from "../bundle/errors";

/** The browser cannot draw the scene; everything that is text still works without it. */
export class NoWebGL2 extends CutawayError {
  override readonly name = "NoWebGL2";

  constructor() {
    super(
      "This browser offers no WebGL2, so the 3D picture is missing. Turn hardware acceleration on in " +
        "its settings, or use a current browser; outline, values and explanations work without it.",
    );
  }
}
