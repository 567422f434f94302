/**
 * The outline: the tree of modules and tensors with its layers written out, as rows.
 *
 * It is also the text alternative of the scene, so everything that can be pointed at is in it.
 */
import { fullName, type LoadedModel, type TensorInfo } from "../bundle/model";
import type { Module } from "../bundle/wire";

export interface OutlineNode {
  /** Full path of the module or full name of the tensor; unique in the outline. */
  readonly id: string;
  readonly label: string;
  /** The last part of the path, as it stands in formulas and in Python. */
  readonly name: string;
  readonly level: number;
  readonly parent: OutlineNode | null;
  readonly children: OutlineNode[];
  /** What the row stands for: one of the two is null. */
  readonly tensor: TensorInfo | null;
  readonly module: { readonly path: string; readonly layer: number | null } | null;
}

export interface OutlineRow {
  readonly node: OutlineNode;
  readonly expanded: boolean;
  /** Position among its siblings, from 1, and their number, for screen readers. */
  readonly position: number;
  readonly siblings: number;
}

/** The children of the root, in the order of computation. */
export function outlineOf(model: LoadedModel): OutlineNode[] {
  const rank = new Map(model.names.map((name, i) => [name, i]));
  return childrenOf(model, model.spec.root, null, null, 1, rank);
}

function childrenOf(
  model: LoadedModel,
  module: Module,
  layer: number | null,
  parent: OutlineNode | null,
  level: number,
  rank: ReadonlyMap<string, number>,
): OutlineNode[] {
  const nodes: OutlineNode[] = [];
  for (const template of module.tensors ?? []) {
    const id = layer === null ? template : fullName(template, layer);
    // A declaration may be for some of the layers only.
    if (!model.has(id) || nodes.some((node) => node.id === id)) continue;
    const tensor = model.tensor(id);
    const { label } = tensor.spec;
    const name = lastPart(id);
    nodes.push({ id, label, name, level, parent, children: [], tensor, module: null });
  }
  for (const child of module.modules ?? []) {
    const layers = child.path.endsWith("*") ? (child.layers ?? []) : [layer];
    for (const own of layers) {
      const id = own === null ? child.path : fullName(child.path, own);
      const name = lastPart(id);
      const label = child.path.endsWith("*") ? `${child.label} ${own}` : child.label;
      const children: OutlineNode[] = [];
      const node: OutlineNode = {
        ...{ id, label, name, level, parent, children, tensor: null },
        module: { path: child.path, layer: own },
      };
      children.push(...childrenOf(model, child, own, node, level + 1, rank));
      if (children.length > 0) nodes.push(node);
    }
  }
  const first = (node: OutlineNode): number =>
    node.tensor ? rank.get(node.id)! : Math.min(...node.children.map(first));
  const ranks = new Map(nodes.map((node) => [node, first(node)]));
  return nodes.sort((a, b) => ranks.get(a)! - ranks.get(b)!);
}

/** The rows in view when the modules in `expanded` (by id) are open. */
export function rowsOf(
  nodes: readonly OutlineNode[],
  isExpanded: (node: OutlineNode) => boolean,
): OutlineRow[] {
  return nodes.flatMap((node, i) => {
    const expanded = node.children.length > 0 && isExpanded(node);
    const row = { node, expanded, position: i + 1, siblings: nodes.length };
    return expanded ? [row, ...rowsOf(node.children, isExpanded)] : [row];
  });
}

/**
 * The tree cut down to what matches every word of `query` (in its full name or its label), with
 * the modules above it; a module that matches keeps all it holds.
 */
export function searched(nodes: readonly OutlineNode[], query: string): OutlineNode[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const keep = (node: OutlineNode): OutlineNode[] => {
    const text = `${node.id} ${node.label}`.toLowerCase();
    if (words.every((word) => text.includes(word))) return [node];
    const children = node.children.flatMap(keep);
    return children.length > 0 ? [{ ...node, children }] : [];
  };
  return words.length > 0 ? nodes.flatMap(keep) : [...nodes];
}

/** The node with this id, wherever it is. */
export function nodeOf(nodes: readonly OutlineNode[], id: string): OutlineNode | null {
  for (const node of nodes) {
    const found = node.id === id ? node : nodeOf(node.children, id);
    if (found) return found;
  }
  return null;
}

/** Ids of the modules above a node, outermost first. */
export function ancestorsOf(node: OutlineNode): string[] {
  return node.parent ? [...ancestorsOf(node.parent), node.parent.id] : [];
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
