/** Forward passes in the browser, from the formulas in the bundle. */
export { LiveRunner } from "./liveRunner";
export { Plan } from "./plan";
export { weightsOf } from "./weights";
