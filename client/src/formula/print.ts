/**
 * Formulas as text and as TeX, in symbols or with the numbers at one place filled in; the same
 * strings as `src/cutaway/printing.py` writes. With numbers, a sum shows its largest terms and how
 * many more there are, and a choice shows the branch that was taken.
 */
import type { ApplyNode, CompiledFormula, Node, ReduceNode } from "./compile";
import { shown, written } from "./numbers";
import { Binding, BINDING, LATEX, SlotStyle, TEXT, type Style } from "./styles";
import { branchOf, flattened, moveAlong, ranked, termValues } from "./terms";

/** Terms of a sum that are written out with numbers. */
export const TERMS_SHOWN = 3;

/** A piece of a formula. */
interface Written {
  readonly text: string;
  readonly binding: number;
  /** Whether it begins with a minus sign. */
  readonly minus: boolean;
  /** Whether it begins with a number that differs from cell to cell: its sign may be another there. */
  readonly soft: boolean;
}

/** A formula with slots for its numbers: cells with the same `latex` differ in their `texts` only. */
export interface NumbersTemplate {
  /** TeX for KaTeX with `\htmlClass` trusted; slot K is the element of class `slot-K`. */
  readonly latex: string;
  /** What belongs into each slot. */
  readonly texts: string[];
}

/** The formula of a cell in symbols: `cell = formula`. */
export function symbols(style: "text" | "latex", formula: CompiledFormula): string {
  return new Printer(style === "text" ? TEXT : LATEX, formula, null).equation();
}

/** The formula of the cell at the present positions in numbers: `cell = formula = value`. */
export function numbers(
  style: "text" | "latex",
  formula: CompiledFormula,
  index: number[],
  value: number,
): string {
  return new Printer(style === "text" ? TEXT : LATEX, formula, index).equationWithValue(value);
}

/** The same TeX with slots. */
export function numbersTemplate(
  formula: CompiledFormula,
  index: number[],
  value: number,
): NumbersTemplate {
  const style = new SlotStyle();
  return { latex: new Printer(style, formula, index).equationWithValue(value), texts: style.texts };
}

class Printer {
  constructor(
    private readonly style: Style,
    private readonly formula: CompiledFormula,
    /** The place whose numbers are filled in; null: symbols. */
    private readonly index: number[] | null,
  ) {}

  equationWithValue(value: number): string {
    const { integer } = this.formula.tensor.spec;
    return `${this.equation()} = ${this.style.number(shown(value, integer))}`;
  }

  equation(): string {
    const { tensor, axes, root } = this.formula;
    const indices = axes.map(({ axis }, i) =>
      this.index === null ? axis.name : this.style.number(String(this.index[i])),
    );
    const left = this.style.cell(this.style.tensor(tensor), indices);
    return root === null ? left : `${left} = ${this.root(root)}`;
  }

  /** A whole right-hand side; says why a choice took its branch. */
  private root(node: Node): string {
    if (this.index === null || node.tag !== "apply" || node.op !== "where")
      return this.write(node).text;
    const condition = node.args[0]!;
    const held = condition.value() !== 0;
    const branch = this.write(branchOf(node)).text;
    return this.style.since(branch, this.write(condition).text, held);
  }

  private write(node: Node): Written {
    switch (node.tag) {
      case "const": {
        const text = written(node.number);
        const minus = text.startsWith("-");
        return {
          text: this.style.constant(text),
          binding: minus ? Binding.Negate : Binding.Atom,
          minus,
          soft: false,
        };
      }
      case "index":
        return atom(
          this.index === null ? node.axis.axis.name : this.style.number(String(node.value())),
        );
      case "size": {
        const letter = (): string => this.formula.values.model.letter(node.axis.axis);
        return atom(this.index === null ? letter() : String(node.value()));
      }
      case "cell":
        if (this.index === null) {
          const indices = node.indices.map((index) => this.write(index).text);
          return atom(this.style.cell(this.style.tensor(node.tensor), indices));
        }
        return this.number(node.value(), node.tensor.spec.integer);
      case "reduce":
        return this.index === null ? this.reductionInSymbols(node) : this.reductionInNumbers(node);
      case "apply":
        return this.apply(node);
    }
  }

  private number(value: number, isInteger = false): Written {
    const text = shown(value, isInteger);
    const minus = text.startsWith("-");
    return {
      text: this.style.number(text),
      binding: minus ? Binding.Negate : Binding.Atom,
      minus,
      soft: true,
    };
  }

  private apply(node: ApplyNode): Written {
    const { op } = node;
    const { style } = this;
    if (op === "where") {
      if (this.index !== null) return this.write(branchOf(node));
      const [condition, ifTrue, ifFalse] = node.args.map((argument) => this.write(argument).text);
      return atom(style.choice(condition!, ifTrue!, ifFalse!));
    }
    const args = node.args.map((argument) => this.write(argument));
    const [a, b] = args as [Written, Written];
    if (op === "neg") {
      return {
        text: `-${this.right(a, Binding.Multiply)}`,
        binding: Binding.Negate,
        minus: true,
        soft: false,
      };
    }
    if (op === "not") return atom(style.not(a.text, this.within(a, Binding.Atom)));
    const binding = BINDING[op];
    if (binding === undefined)
      return atom(
        style.call(
          op,
          args.map(({ text }) => text),
        ),
      );
    const special = style.special[op];
    if (special !== undefined && op === "**") {
      return { ...atom(special(this.within(a, Binding.Atom), b.text)), binding: Binding.Power };
    }
    if (special !== undefined) return atom(special(a.text, b.text));
    const compares = binding === Binding.Compare;
    const isTighterLeft = op === "**" || compares;
    const isTighterRight = ["-", "/", "//", "%", "**"].includes(op) || compares;
    const left = this.enclosed(a, binding + Number(isTighterLeft), false);
    const right = this.right(b, binding + Number(isTighterRight));
    return { ...left, text: left.text + style.infix(op) + right, binding };
  }

  private reductionInSymbols({ op, axis, body }: ReduceNode): Written {
    const { style } = this;
    const inner = this.write(body);
    const text =
      style.reductionBinds === Binding.Atom ? inner.text : this.within(inner, Binding.Reduce);
    return { ...atom(style.reduction(op, axis.axis.name, text)), binding: style.reductionBinds };
  }

  private reductionInNumbers(node: ReduceNode): Written {
    const { positions } = this.formula;
    const flat = flattened(node);
    const values = termValues(flat, positions);
    const largest = ranked(values, node.op, TERMS_SHOWN).map((at) => {
      moveAlong(flat.axes, at, positions);
      return this.write(flat.body);
    });
    const rest = values.length - largest.length;
    const more = rest > 0 ? [this.style.more(rest)] : [];
    if (node.op !== "sum")
      return atom(this.style.call(node.op, [...largest.map(({ text }) => text), ...more]));
    const [first, ...others] = largest as [Written, ...Written[]];
    if (others.length === 0 && rest === 0) return first;
    const terms = [
      this.within(first, Binding.Add),
      ...others.map((term) => this.right(term, Binding.Add)),
      ...more,
    ];
    return atom(this.style.parentheses(terms.join(" + ")));
  }

  private within(piece: Written, binding: number): string {
    return this.enclosed(piece, binding, false).text;
  }

  /** A right operand: a minus sign would stand next to the operator. */
  private right(piece: Written, binding: number): string {
    return this.enclosed(piece, binding, true).text;
  }

  /**
   * The piece in parentheses if it binds looser than `binding`, or if it begins with a minus sign and
   * may not. Where that hangs on the sign of a number, slots are written for the parentheses.
   */
  private enclosed(piece: Written, binding: number, isRight: boolean): Written {
    const isNumber = piece.binding >= Binding.Negate && piece.soft;
    const bindsLooser = piece.binding < binding;
    const isNeeded = bindsLooser || (isRight && piece.minus);
    const hangsOnSign =
      piece.soft && (isNumber ? isRight || binding > Binding.Negate : isRight && !bindsLooser);
    if (this.style instanceof SlotStyle && hangsOnSign) {
      return {
        ...piece,
        text: this.style.softParentheses(piece.text, isNeeded),
        minus: false,
        soft: false,
      };
    }
    return isNeeded ? { ...atom(this.style.parentheses(piece.text)) } : piece;
  }
}

function atom(text: string): Written {
  return { text, binding: Binding.Atom, minus: false, soft: false };
}
