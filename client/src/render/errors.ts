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

/** The browser did not give the picture out. */
export class NoPicture extends CutawayError {
  override readonly name = "NoPicture";

  constructor() {
    super(
      "The picture could not be saved: this browser did not give it out. Try a smaller window.",
    );
  }
}
