/** What tensors and parts are called in the language of the page; the bundle's English where nothing else is said. */
let table = $state.raw<Readonly<Record<string, string>>>({});

/** A label of the bundle, as it is to be read. */
export function labelled(english: string): string {
  return table[english] ?? english;
}

/** Other words for labels from now on; none: the bundle's own. */
export function speak(labels: Readonly<Record<string, string>>): void {
  table = labels;
}
