/** What tensors and parts are called in the language of a tour; the bundle's English where nothing else is said. */
type Labels = Readonly<Record<string, string>>;

let table = $state.raw<Labels>({});

/** A label of the bundle, as it is to be read. */
export function labelled(english: string): string {
  return table[english] ?? english;
}

/** The label of a module, which may end with the number of its layer. */
export function labelledLayer(english: string): string {
  const [, label, number] = /^(.*?)( \d+)?$/.exec(english)!;
  return labelled(label!) + (number ?? "");
}

/** All labels that are not to be read as they are. */
export function labels(): Labels {
  return table;
}

/** Other words for labels from now on; none: the bundle's own. */
export function speak(labels: Labels): void {
  table = labels;
}
