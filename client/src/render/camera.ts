/** Where the camera is: in links, in `SceneView.camera`. Coordinates of the scene: `y` down, `z` away. */
export type Vector = readonly [x: number, y: number, z: number];

/** What the camera looks at, from where (radians), and how far away (cells). */
export interface CameraState {
  readonly target: Vector;
  /** 0: from the front; positive: from the right. */
  readonly azimuth: number;
  /** 0: level; positive: from above. */
  readonly elevation: number;
  readonly distance: number;
}
