/** Tours over time: the tracks of a chapter, bound to a run and sampled at any moment. */
export { type BoundSelector, bindTracks, durationOf, numberOf, selectorOf, stepAt } from "./bind";
export { easing } from "./easing";
export { type BoundTrack, sample, valueAt } from "./sample";
