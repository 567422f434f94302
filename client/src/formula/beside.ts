/**
 * A formula beside another one, what differs between the two marked. Names of axes are no difference, nor are
 * lengths; a tensor is the same where it plays the same role, which the bundle says of every cell that is read.
 */
import { fullName, Values, type LoadedModel } from "../bundle";
import { CompiledFormula, type CellNode, type Node } from "./compile";
import { written } from "./numbers";
import { symbolsWith } from "./print";

/** A declared tensor of a model, and the role of every cell that its formula reads, in order. */
export interface Reading {
  readonly model: LoadedModel;
  /** Position among the model's tensors. */
  readonly tensor: number;
  readonly reads: readonly string[];
}

/** What a stage reads of the stream has this role, and is called so: where it was made does not matter. */
const ENTERS = "x";

/** The formula of `own` as TeX with classes, the parts that `other` has not as it has of class `differs`; as text. */
export function beside(own: Reading, other: Reading | null): { latex: string; text: string } {
  const a = new Canonical(own);
  const marked = new Set<Node>();
  if (other !== null) mark(a, new Canonical(other), marked);
  const nameOf = (name: string): string | null => (a.entering.has(name) ? ENTERS : null);
  return {
    latex: symbolsWith("page", a.formula, nameOf, marked),
    text: symbolsWith("text", a.formula, (name) => nameOf(name) ?? short(name), marked),
  };
}

function short(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** A formula whose nodes have keys: equal where they are written alike but for names of axes. */
class Canonical {
  readonly formula: CompiledFormula;
  readonly entering = new Set<string>();
  readonly root: Node | null;
  private readonly roles = new Map<CellNode, string>();
  private readonly axes = new Map<string, number>();
  private readonly keys = new Map<Node, string>();

  constructor({ model, tensor, reads }: Reading) {
    const spec = model.spec.tensors[tensor]!;
    const layer = spec.layers?.[0];
    const info = model.tensor(layer === undefined ? spec.name : fullName(spec.name, layer));
    this.formula = new CompiledFormula(Values.empty(model), info, spec.formula ?? null);
    this.root = this.formula.root;
    for (const { name } of info.axes) this.axis(name);
    let position = 0;
    for (const node of this.root ? walk(this.root) : []) {
      if (node.tag === "reduce") this.axis(node.axis.axis.name);
      if (node.tag !== "cell") continue;
      const role = reads[position++] ?? node.tensor.name;
      this.roles.set(node, role);
      if (role === ENTERS) this.entering.add(node.tensor.name);
    }
  }

  role(node: CellNode): string {
    return this.roles.get(node)!;
  }

  key(node: Node): string {
    let key = this.keys.get(node);
    if (key === undefined) this.keys.set(node, (key = this.made(node)));
    return key;
  }

  private made(node: Node): string {
    const inside = childrenOf(node).map((child) => this.key(child));
    return `(${[this.head(node), ...inside].join(" ")})`;
  }

  private head(node: Node): string {
    switch (node.tag) {
      case "const":
        return written(node.number);
      case "index":
        return `i${this.axis(node.axis.axis.name)}`;
      case "size":
        return `L${this.axis(node.axis.axis.name)}`;
      case "cell":
        return this.role(node);
      case "apply":
        return node.op;
      case "reduce":
        return `${node.op}${this.axis(node.axis.axis.name)}`;
    }
  }

  private axis(name: string): number {
    const known = this.axes.get(name) ?? this.axes.size;
    this.axes.set(name, known);
    return known;
  }
}

/** Put the nodes of `a` that `b` does not have at their place into `marked`. */
function mark(a: Canonical, b: Canonical, marked: Set<Node>): void {
  const same = (x: Node, y: Node): boolean => a.key(x) === b.key(y);
  const alike = (x: Node, y: Node): boolean =>
    same(x, y) ||
    (x.tag === y.tag &&
      (x.tag === "cell" && y.tag === "cell"
        ? a.role(x) === b.role(y) && x.indices.length === y.indices.length
        : x.tag === "reduce" && y.tag === "reduce"
          ? x.op === y.op
          : x.tag === "apply" && y.tag === "apply" && x.op === y.op));

  const visit = (x: Node, y: Node): void => {
    if (same(x, y)) return;
    if (alike(x, y)) {
      match(operandsOf(x), operandsOf(y));
      return;
    }
    // One stands inside the other: what is around it differs.
    const inner = childrenOf(y).find((child) => alike(x, child));
    if (inner) return visit(x, inner);
    const outer = childrenOf(x).find((child) => alike(child, y));
    if (!outer) return void marked.add(x);
    for (const child of childrenOf(x)) if (child !== outer) marked.add(child);
    visit(outer, y);
  };

  /** Operands that both have stay; of the others, those of one kind are looked into, in order. */
  const match = (xs: Node[], ys: Node[]): void => {
    const free = new Set(ys);
    const take = (x: Node, like: (x: Node, y: Node) => boolean): Node | undefined => {
      const found = [...free].find((y) => like(x, y));
      if (found) free.delete(found);
      return found;
    };
    const left = xs.filter((x) => !take(x, same));
    const unlike = left.filter((x) => {
      const found = take(x, alike);
      if (found) visit(x, found);
      return !found;
    });
    // As many left on both sides: each is another form of the one at its place.
    const rest = [...free];
    for (const [k, x] of unlike.entries()) {
      if (unlike.length === rest.length) visit(x, rest[k]!);
      else marked.add(x);
    }
  };

  if (a.root === null) return;
  if (b.root === null) marked.add(a.root);
  else visit(a.root, b.root);
}

/** The terms of a sum, the factors of a product; else what is directly inside. */
function operandsOf(node: Node): Node[] {
  if (node.tag !== "apply" || (node.op !== "+" && node.op !== "*" && node.op !== "and"))
    return childrenOf(node);
  return node.args.flatMap((each) =>
    each.tag === "apply" && each.op === node.op ? operandsOf(each) : [each],
  );
}

function childrenOf(node: Node): Node[] {
  if (node.tag === "cell") return node.indices;
  if (node.tag === "apply") return node.args;
  return node.tag === "reduce" ? [node.body] : [];
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}
