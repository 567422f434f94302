/**
 * Formulas as text and as TeX, in symbols or with the numbers at one place filled in; the same
 * strings as `src/cutaway/printing.py` writes. With numbers, a sum shows its largest terms and how
 * many more there are, and a choice shows the branch that was taken.
 */
import type { TensorInfo } from "../bundle";
import type { ApplyNode, CompiledFormula, Node, ReduceNode } from "./compile";
import { shown, written } from "./numbers";
import { PAGE, SlotStyle } from "./pageStyles";
import { Binding, BINDING, LATEX, TEXT, type Style } from "./styles";
import { branchOf, flattened, moveAlong, ranked, termValues } from "./terms";

/** Terms of a sum that are written out with numbers. */
export const TERMS_SHOWN = 3;

/** A piece of a formula. */
interface Written {
  readonly text: string;
  readonly binding: number;
  /** Whether it begins with a minus sign. */
  readonly minus: boolean;
  /** Whether it is a number that differs from cell to cell, or begins with one: its sign may be another. */
  readonly soft: "is number" | "begins with number" | null;
}

/** A formula with slots for its numbers: cells with the same `latex` differ in their `texts` only. */
export interface NumbersTemplate {
  /** TeX for KaTeX with `\htmlClass` trusted; the text of slot K is that of the element `.slot-K`. */
  readonly latex: string;
  /** What belongs into each slot. */
  readonly texts: string[];
}

const STYLES = { text: TEXT, latex: LATEX, page: PAGE };

/** The formula of a tensor's cells in symbols: `cell = formula`. */
export function symbols(style: keyof typeof STYLES, formula: CompiledFormula): string {
  let known = printed.get(formula);
  if (known === undefined) printed.set(formula, (known = {}));
  return (known[style] ??= new Printer(STYLES[style], formula, false).symbols());
}

/**
 * The same with names for some tensors, by their full names; what is `marked` is of class `differs` where the style
 * has classes.
 */
export function symbolsWith(
  style: keyof typeof STYLES,
  formula: CompiledFormula,
  nameOf: (name: string) => string | null,
  marked: ReadonlySet<Node>,
): string {
  const plain = STYLES[style];
  const named = {
    ...plain,
    tensor: (tensor: TensorInfo) =>
      nameOf(tensor.name) === null
        ? plain.tensor(tensor)
        : plain.renamed(tensor, nameOf(tensor.name)!),
  };
  return new Printer(named, formula, false, marked).symbols();
}

/** Symbols are the same for every cell of a tensor. */
const printed = new WeakMap<CompiledFormula, Partial<Record<keyof typeof STYLES, string>>>();

/** The formula of the cell at the present positions in numbers: `cell = formula = value`. */
export function numbers(
  style: keyof typeof STYLES,
  formula: CompiledFormula,
  value: number,
): string {
  return new Printer(STYLES[style], formula, true).numbers(value);
}

/** The same TeX with slots. */
export function numbersTemplate(formula: CompiledFormula, value: number): NumbersTemplate {
  const style = new SlotStyle();
  const latex = new Printer(style, formula, true).numbers(value);
  return { latex, texts: style.texts };
}

class Printer {
  constructor(
    private readonly style: Style,
    private readonly formula: CompiledFormula,
    private readonly hasNumbers: boolean,
    private readonly marked: ReadonlySet<Node> = new Set(),
  ) {}

  symbols(): string {
    const { tensor, axes, root } = this.formula;
    const cell = this.named(
      tensor,
      axes.map(({ axis }) => this.style.variable(axis.name, axis)),
    );
    return root === null ? cell : `${cell} = ${this.write(root).text}`;
  }

  /** Says also why a choice took its branch. */
  numbers(value: number): string {
    const { tensor, axes, root, positions } = this.formula;
    const cell = this.named(
      tensor,
      axes.map(({ axis, slot }) => this.style.position(positions[slot]!, axis)),
    );
    const result = this.style.number(shown(value, tensor.spec.integer));
    if (root === null) return `${cell} = ${result}`;
    if (root.tag !== "apply" || root.op !== "where")
      return `${cell} = ${this.worked(root, result)}`;
    const condition = root.args[0]!;
    const held = condition.value() !== 0;
    const reason = this.style.since(
      held ? this.write(condition).text : this.failed(condition),
      held,
    );
    return `${cell} = ${this.worked(branchOf(root), result)}${reason}`;
  }

  /** Of a condition that does not hold, the first part that does not. */
  private failed(condition: Node): string {
    let part = condition;
    while (part.tag === "apply" && part.op === "and")
      part = part.args[0]!.value() !== 0 ? part.args[1]! : part.args[0]!;
    return this.within(this.write(part), Binding.Compare);
  }

  /** What is worked out, then the result; a copy or a lookup says of which cell. */
  private worked(node: Node, result: string): string {
    if (node.tag === "cell") {
      const place = node.indices.map((index, i) =>
        this.style.position(index.value(), node.tensor.axes[i]!),
      );
      return `${this.named(node.tensor, place)} = ${result}`;
    }
    const right = this.write(node).text;
    const isResult = this.style.filled(right) === this.style.filled(result);
    return isResult ? result : `${right} = ${result}`;
  }

  private named(tensor: TensorInfo, indices: string[]): string {
    return this.style.cell(this.style.tensor(tensor), indices);
  }

  private write(node: Node): Written {
    const piece = this.unmarked(node);
    return this.marked.has(node) ? { ...piece, text: this.style.marked(piece.text) } : piece;
  }

  private unmarked(node: Node): Written {
    switch (node.tag) {
      case "const": {
        const text = written(node.number);
        return signed(this.style.constant(text), text.startsWith("-"), null);
      }
      case "index": {
        const { axis } = node.axis;
        return atom(
          this.hasNumbers
            ? this.style.position(node.value(), axis)
            : this.style.variable(axis.name, axis),
        );
      }
      case "size": {
        const { axis } = node.axis;
        const letter = this.formula.values.model.letter(axis);
        return atom(this.hasNumbers ? String(node.value()) : this.style.variable(letter, axis));
      }
      case "cell":
        if (!this.hasNumbers) {
          const indices = node.indices.map((index) => this.write(index).text);
          return atom(this.named(node.tensor, indices));
        }
        return this.number(node.value(), node.tensor.spec.integer);
      case "reduce":
        return !this.hasNumbers ? this.reductionInSymbols(node) : this.reductionInNumbers(node);
      case "apply":
        return this.apply(node);
    }
  }

  private number(value: number, isInteger = false): Written {
    const text = shown(value, isInteger);
    return signed(this.style.number(text), text.startsWith("-"), "is number");
  }

  private apply(node: ApplyNode): Written {
    const { op } = node;
    const { style } = this;
    if (op === "where") {
      if (this.hasNumbers) return this.write(branchOf(node));
      const [ifTrue, ifFalse] = node.args.slice(1).map((argument) => this.write(argument).text);
      const text = style.choice(this.anyOf(node.args[0]!), ifTrue!, ifFalse!);
      return { ...atom(text), binding: style.choiceBinds };
    }
    const args = node.args.map((argument) => this.write(argument));
    const [a, b] = args as [Written, Written];
    if (op === "neg") {
      return {
        text: `-${this.right(a, Binding.Multiply)}`,
        binding: Binding.Negate,
        minus: true,
        soft: null,
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
    if (special !== undefined && op === "//") {
      return atom(special(this.within(a, Binding.Multiply), this.within(b, Binding.Atom)));
    }
    if (special !== undefined) return atom(special(a.text, b.text));
    const compares = binding === Binding.Compare;
    const left = this.enclosed(a, binding + Number(op === "**" || compares), false);
    const other = node.args[1]!;
    const isProduct = other.tag === "apply" && other.op === "*";
    // A chain of these may stand without parentheses on the right side too.
    const chains = ["+", "and", "or"].includes(op) || (op === "*" && isProduct);
    const right = this.right(b, binding + Number(!chains));
    const soft = left.soft && "begins with number";
    return { text: left.text + style.infix(op) + right, binding, minus: left.minus, soft };
  }

  /** The parts of a condition of which one is enough. */
  private anyOf(condition: Node): string[] {
    const parts = condition.tag === "apply" && condition.op === "or" && !this.marked.has(condition);
    return parts
      ? condition.args.flatMap((each) => this.anyOf(each))
      : [this.write(condition).text];
  }

  private reductionInSymbols({ op, axis, body }: ReduceNode): Written {
    const { style } = this;
    const inner = this.write(body);
    const text =
      style.reductionBinds === Binding.Atom ? inner.text : this.within(inner, Binding.Reduce);
    return {
      ...atom(style.reduction(op, style.variable(axis.axis.name, axis.axis), text)),
      binding: style.reductionBinds,
    };
  }

  private reductionInNumbers(node: ReduceNode): Written {
    const { positions } = this.formula;
    const flat = flattened(node);
    const values = termValues(flat, positions);
    const largest = ranked(values, node.op, TERMS_SHOWN).map((at) => {
      moveAlong(flat.axes, at, positions);
      const term = this.write(flat.body);
      if (node.op !== "argmax") return term;
      // listed by size, so each says where it stands
      const { style } = this;
      const { axis, slot } = flat.axes[0]!;
      const place = style.position(positions[slot]!, axis);
      return { ...term, text: style.at(term.text, style.variable(axis.name, axis), place) };
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
    return atom(this.style.terms(terms.join(" + ")));
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
    const bindsLooser = piece.binding < binding;
    const isNeeded = bindsLooser || (isRight && piece.minus);
    const hangsOnSign =
      piece.soft === "is number"
        ? isRight || binding > Binding.Add
        : piece.soft !== null && isRight && !bindsLooser;
    if (this.style instanceof SlotStyle && hangsOnSign)
      return atom(this.style.softParentheses(piece.text, isNeeded));
    return isNeeded ? atom(this.style.parentheses(piece.text)) : piece;
  }
}

function atom(text: string): Written {
  return { text, binding: Binding.Atom, minus: false, soft: null };
}

/** A number: with a minus sign it binds like a difference. */
function signed(text: string, minus: boolean, soft: Written["soft"]): Written {
  return { text, binding: minus ? Binding.Add : Binding.Atom, minus, soft };
}
