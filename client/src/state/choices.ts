/** What there is to choose from: models that can stand in the scene, and what each can be drawn for. */
import { nearMatches, type LoadedBundle } from "../bundle";
import type { CatalogueEntry, Model } from "../bundle/wire";
import { words } from "../words";

/** A model that can stand in the scene. */
export interface Choice {
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  /** Whether its structure is fetched when it is asked for; else it came with the bundle. */
  readonly isCatalogued: boolean;
}

/** One of the numbers of tokens that a model can be drawn for. */
export interface Length {
  /** Of the model drawn for so many. */
  readonly name: string;
  readonly tokens: number;
  /** Whether that is its context. */
  readonly isWhole: boolean;
}

/** All that can stand in the scene: the models of the bundle, then those of the catalogue. */
export function choicesOf(
  { models, bundle }: LoadedBundle,
  isOpen: (name: string) => boolean,
): Choice[] {
  const wholes = new Set(models.map(({ spec }) => spec.whole ?? spec.name));
  const isOfPage = ({ name, whole }: CatalogueEntry) => wholes.has(whole ?? name);
  return [
    ...models.map(({ spec: { name, title, cost } }) => {
      return { name, title, parameters: cost.parameters, isCatalogued: false };
    }),
    ...bundle.catalogue
      .filter(({ name, whole }) => whole === null || isOpen(name)) // the card of the whole one has them
      .map((entry) => {
        const { name, title, parameters } = entry;
        return { name, title, parameters, isCatalogued: !isOfPage(entry) };
      }),
  ].sort((a, b) => Number(a.isCatalogued) - Number(b.isCatalogued));
}

/** What a model can be drawn for, fewest tokens first: as it is, and as the bundle or its catalogue have it, too. */
export function lengthsOf(loaded: LoadedBundle | undefined, spec: Model): Length[] {
  const of = spec.whole ?? spec.name;
  const all = [
    ...(loaded?.models.map((each) => ({ ...each.spec, parameters: each.spec.cost.parameters })) ??
      []),
    ...(loaded?.bundle.catalogue ?? []),
  ].filter(
    ({ name, whole, parameters }) => (whole ?? name) === of && parameters === spec.cost.parameters,
  );
  const found = new Map(
    [...all, spec].map(({ name, context, whole }) => [name, { context, whole }]),
  );
  return [...found]
    .map(([name, { context, whole }]) => ({ name, tokens: context, isWhole: whole === null }))
    .sort((a, b) => a.tokens - b.tokens);
}

/** Says that there is no model of a name, which ones are meant perhaps, and what is shown `instead`. */
export function unknownModel({ models, bundle }: LoadedBundle, name: string, instead = ""): string {
  const known = [
    ...models.map(({ spec }) => spec.name),
    ...bundle.catalogue.map((each) => each.name),
  ];
  const so = instead && `; ${instead}`;
  const whole = wholeOf(name);
  if (whole !== name && known.includes(whole)) {
    const lengths = known.filter((each) => wholeOf(each) === whole);
    const tokens = name.slice(whole.length + 1);
    return words.notices.noLength(whole, tokens, so, lengths.join(", "));
  }
  const near = nearMatches(name, known);
  const hint = near.length > 0 ? words.notices.nearMatches(near.join(", ")) : "";
  return words.notices.noModel(name, so) + hint;
}

/** The name of a model at its whole context: `name@1024` is one drawn for so many tokens. */
export function wholeOf(name: string): string {
  return name.replace(/@\d+$/, "");
}
