/**
 * Errors whose message is a sentence for the visitor: what was expected, what came, where, and what
 * to do. Anything else that is thrown is a bug of ours.
 */
export class CutawayError extends Error {
  override readonly name: string = "CutawayError";
}

/** A file of the bundle, or an answer of the server, that cannot be used. */
export class BundleError extends CutawayError {
  override readonly name = "BundleError";
}

/** A name that no tensor of the model has; the message lists the names nearest to it. */
export class UnknownTensor extends CutawayError {
  override readonly name = "UnknownTensor";

  constructor(
    readonly tensor: string,
    readonly nearMatches: string[],
  ) {
    const hint = nearMatches.length > 0 ? ` Near matches: ${nearMatches.join(", ")}.` : "";
    super(`There is no tensor "${tensor}".${hint}`);
  }
}

/** A cell outside its tensor, or not written as a cell. */
export class UnknownCell extends CutawayError {
  override readonly name = "UnknownCell";
}

/**
 * The names most like `wanted`, best first: at most `count`, and none that shares less than half
 * of its letter pairs with it (Dice's coefficient, which forgives moved parts better than edit
 * distance: `attn.blocks.0.q` is near `blocks.0.attn.q`).
 */
export function nearMatches(wanted: string, names: Iterable<string>, count = 3): string[] {
  const pairs = letterPairs(wanted);
  const scored: [number, string][] = [];
  for (const name of new Set(names)) {
    const other = letterPairs(name);
    let shared = 0;
    for (const [pair, times] of pairs) shared += Math.min(times, other.get(pair) ?? 0);
    const score = (2 * shared) / (wanted.length + name.length + 2);
    if (score >= 0.5) scored.push([score, name]);
  }
  // A stable sort: names that are equally near stay in the order of computation.
  return scored
    .sort((a, b) => b[0] - a[0])
    .slice(0, count)
    .map(([, name]) => name);
}

/** How often each pair of neighbouring letters occurs; the ends count as a letter of their own. */
function letterPairs(text: string): Map<string, number> {
  const padded = `^${text.toLowerCase()}$`;
  const pairs = new Map<string, number>();
  for (let i = 0; i + 1 < padded.length; i++) {
    const pair = padded.slice(i, i + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}
