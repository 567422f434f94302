/** The formula of a cell as a function of one cell that it reads: what a curve is drawn from. */
import type { CellRef, Values } from "../bundle";
import { CompiledFormula, type Node } from "./compile";
import { BINARY, UNARY } from "./operations";

/** The value that `cell` would have if every cell of `argument` that it reads were `x`. */
export function curve(values: Values, cell: CellRef, argument: string, x: number): number {
  const tensor = values.model.tensor(cell.tensor);
  const formula = new CompiledFormula(values, tensor, tensor.spec.formula ?? null);
  formula.moveTo(cell.index);
  return formula.root === null ? NaN : at(formula.root);

  function at(node: Node): number {
    if (node.tag === "cell" && node.tensor.name === argument) return x;
    if (node.tag !== "apply") return node.value();
    return applied(
      node.op,
      node.args.map((each) => at(each)),
    );
  }
}

function applied(op: string, [a, b, c]: number[]): number {
  if (op === "where") return a !== 0 ? b! : c!;
  return b === undefined ? UNARY[op]!(a!) : BINARY[op]!(a!, b);
}
