/**
 * Explaining one cell: its formula in symbols and in numbers, the terms of its sums, the cells it
 * came from. Follows `src/cutaway/explain.py`; golden files hold the two together.
 *
 * Everything is worked out when it is first asked for, so that moving the pointer over cells costs
 * only what is shown.
 */
import { fullName, type CellRef, type LoadedModel, type TensorInfo, type Values } from "../bundle";
import { CompiledFormula } from "./compile";
import { numbers, numbersTemplate, symbols, type NumbersTemplate } from "./print";
import { sourcesOf, type Source } from "./sources";
import { reductionsOf, Terms } from "./terms";

export class Explanation {
  /** Full name. */
  readonly tensor: string;
  readonly index: number[];
  /** The stored value; null when the bundle has no values for this tensor. */
  readonly value: number | null;
  private readonly memo = new Map<string, unknown>();

  constructor(
    private readonly formula: CompiledFormula,
    cell: CellRef,
  ) {
    this.tensor = cell.tensor;
    this.index = cell.index;
    this.value = formula.values.at(cell) ?? null;
  }

  get info(): TensorInfo {
    return this.formula.tensor;
  }

  get role(): string {
    return this.info.spec.role;
  }

  /** Names of the axes. */
  get axes(): string[] {
    return this.info.axes.map((axis) => axis.name);
  }

  /** The formula in symbols, for example `x[t, c] = Sum(d, y[t, d] * W[d, c])`. */
  get text(): string {
    return symbols("text", this.formula);
  }

  get latex(): string {
    return symbols("latex", this.formula);
  }

  /** `latex` with classes for the colours of tensors (`role-ROLE`) and axes (`kind-KIND`). */
  get pageLatex(): string {
    return symbols("page", this.formula);
  }

  /** The same with the numbers of this run; null without values. */
  get numbersText(): string | null {
    return this.once("numbersText", (value) => numbers("text", this.formula, value));
  }

  get numbersLatex(): string | null {
    return this.once("numbersLatex", (value) => numbers("latex", this.formula, value));
  }

  /** `numbersLatex` with those classes, and slots whose numbers can be replaced once it is typeset. */
  get numbersTemplate(): NumbersTemplate | null {
    return this.once("template", (value) => numbersTemplate(this.formula, value));
  }

  /** Every outermost reduction in the order it is written; branches not taken have none. */
  get sums(): Terms[] {
    const { root, positions } = this.formula;
    const place = (): void => this.formula.moveTo(this.index);
    return (
      this.once("sums", () =>
        root === null ? [] : reductionsOf(root).map((node) => new Terms(node, positions, place)),
      ) ?? []
    );
  }

  /** The exact cells that were read, in the order the formula names them; without values, those that would be. */
  get sources(): Source[] {
    if (this.value === null && !this.isStructure) return [];
    return this.memoised("sources", () => sourcesOf(this.formula));
  }

  /** Whether the bundle has no values of this tensor, whichever cell of it is asked for. */
  private get isStructure(): boolean {
    return this.formula.values.get(this.tensor) === undefined;
  }

  /** Where an input or a weight was read from; null for what is computed. */
  get origin(): string | null {
    const { spec, layer } = this.info;
    if (spec.origin == null) return null;
    const indices = this.formula.evaluateEach(spec.origin.indices, this.index);
    let text = layer === null ? spec.origin.text : fullName(spec.origin.text, layer);
    // One array for each position along the first axis.
    if (text.includes("{0}")) text = text.replace("{0}", String(indices.shift()));
    return `${text}[${indices.join(", ")}]`;
  }

  /** The value worked out again from what the formula reads; null without values or formula. */
  evaluate(): number | null {
    const { root } = this.formula;
    return root === null ? null : this.once("evaluated", () => root.value());
  }

  /** `work` done once, with the formula at this cell; null when there are no values. */
  private once<T>(key: string, work: (value: number) => T): T | null {
    const { value } = this;
    return value === null ? null : this.memoised(key, () => work(value));
  }

  private memoised<T>(key: string, work: () => T): T {
    if (!this.memo.has(key)) {
      this.formula.moveTo(this.index);
      this.memo.set(key, work());
    }
    return this.memo.get(key) as T;
  }
}

const compiled = new WeakMap<Values, Map<string, CompiledFormula>>();

/**
 * How the cell got its value in this run.
 *
 * Throws UnknownTensor when the model has no such tensor. A cell outside the run has no value.
 */
export function explain(model: LoadedModel, values: Values, cell: CellRef): Explanation {
  let formulas = compiled.get(values);
  if (formulas === undefined) compiled.set(values, (formulas = new Map()));
  let formula = formulas.get(cell.tensor);
  if (formula === undefined) {
    const tensor = model.tensor(cell.tensor);
    formula = new CompiledFormula(values, tensor, tensor.spec.formula ?? null);
    formulas.set(cell.tensor, formula);
  }
  return new Explanation(formula, cell);
}
