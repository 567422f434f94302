/** The number of an expression that stands in no tensor's formula: of the prompt's length, of some cells. */
import type { Values, wire } from "../bundle";
import { CompiledFormula } from "./compile";

/** `expression` must not depend on a position, and must name cells in full. NaN where there are no values. */
export function evaluate(expression: wire.Expr, values: Values): number {
  const { model } = values;
  const anywhere = model.tensor(model.spec.tokens);
  return new CompiledFormula(values, anywhere, expression).root!.value();
}
