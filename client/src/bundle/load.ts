/**
 * Loading a bundle: `bundle.json`, then the weights and the first run of the model that is shown.
 * A folder on a static host and a running server look alike from here.
 */
import { words } from "../words";
import { embeddedFile } from "./embedded";
import { BundleError } from "./errors";
import { fetchBytes, type FetchOptions } from "./fetch";
import { type Lengths, LoadedModel } from "./model";
import { headerBytes, parseSafetensors, type Safetensors } from "./safetensors";
import { Values } from "./values";
import * as wire from "./wire";

export interface LoadedBundle {
  /** What the paths in the bundle are relative to. */
  readonly base: URL;
  readonly bundle: wire.Bundle;
  /** In the order of the bundle; at least one. */
  readonly models: LoadedModel[];
}

/**
 * Read `bundle.json` in the folder `base`.
 *
 * Throws BundleError when it cannot be fetched, is no JSON, or is of another version.
 */
export async function loadBundle(base: URL, options: FetchOptions = {}): Promise<LoadedBundle> {
  const bundle = await readBundle("bundle.json", base, options);
  return { base, bundle, models: modelsOf(bundle) };
}

/**
 * The one model of a catalogue's entry: its structure. `base` is that of the bundle which lists it.
 *
 * Throws BundleError when it cannot be fetched or is another model.
 */
export async function loadCatalogued(base: URL, entry: wire.CatalogueEntry): Promise<LoadedModel> {
  const model = modelsOf(await readBundle(entry.path, base, {})).find(
    ({ spec }) => spec.name === entry.name,
  );
  if (model) return model;
  throw new BundleError(words.files.anotherModel(entry.path, entry.name));
}

async function readBundle(what: string, base: URL, options: FetchOptions): Promise<wire.Bundle> {
  const bytes = embeddedFile(what) ?? (await fetchBytes(what, new URL(what, base), options));
  return parseBundle(new TextDecoder().decode(bytes), what);
}

function modelsOf(bundle: wire.Bundle): LoadedModel[] {
  return bundle.models.map((model) => new LoadedModel(model, bundle.kinds));
}

/**
 * The weights of a model and the run that a visitor sees first, as far as the bundle has them.
 *
 * Throws BundleError when a file cannot be fetched, is damaged, or does not fit the model.
 */
export async function loadValues(
  base: URL,
  model: LoadedModel,
  options: FetchOptions = {},
): Promise<Values> {
  const { weights, run, name, prompt, tokens, decoder, decoder_prompt } = model.spec;
  const lengths = {
    [tokens]: prompt.length,
    ...(decoder !== null && { [decoder]: decoder_prompt.length }),
  };
  const readFile = async (path: string, isWeights: boolean): Promise<Safetensors> => {
    const cells = cellBytes(model, isWeights, lengths);
    const expected = (start: Uint8Array): number | null => {
      const header = headerBytes(start);
      return header === null ? null : header + cells;
    };
    const bytes =
      embeddedFile(path) ?? (await fetchBytes(path, new URL(path, base), { ...options, expected }));
    return parseSafetensors(bytes, path);
  };
  const [weightsFile, runFile] = await Promise.all([
    weights === null ? null : readFile(weights, true),
    run === null ? null : readFile(run, false),
  ]);
  let values = Values.empty(model);
  if (weightsFile !== null) values = values.withWeights(weightsFile.arrays, weights!);
  if (runFile === null) return values;
  const info = runInfo(runFile, run!);
  const said = (model: string, tokens: readonly number[], written: readonly number[]): string =>
    words.files.run(model, tokens.join(" "), written.join(" "));
  const expected = said(name, prompt, decoder_prompt);
  const found = said(info.model, info.tokens, info.decoder ?? []);
  if (found !== expected) {
    throw new BundleError(words.files.anotherRun(run!, expected, found));
  }
  return values.withRun(runFile.arrays, info, run!);
}

/** Bytes of the values in a file. */
function cellBytes(model: LoadedModel, isWeights: boolean, lengths: Lengths): number {
  let cells = 0;
  for (const name of model.names) {
    const tensor = model.tensor(name);
    if ((tensor.spec.role === "weight") !== isWeights || tensor.spec.tied_to != null) continue;
    cells += tensor.shape(lengths).reduce((product, length) => product * length, 1);
  }
  return 4 * cells;
}

/** What the header of a run says it is. `where` names the file in messages. */
export function runInfo(file: Safetensors, where: string): wire.RunInfo {
  try {
    const info = JSON.parse(file.metadata["run"] ?? "") as wire.RunInfo;
    const { tokens, texts, lengths } = info;
    if (Array.isArray(tokens) && Array.isArray(texts) && typeof lengths === "object") return info;
  } catch {
    // Reported below, like a header that is JSON and says something else.
  }
  throw new BundleError(words.files.unnamedRun(where));
}

/** `where` names the file in messages. */
function parseBundle(text: string, where: string): wire.Bundle {
  let bundle: wire.Bundle;
  try {
    bundle = JSON.parse(text) as wire.Bundle;
  } catch (error) {
    throw new BundleError(words.files.noJson(where), {
      cause: error,
    });
  }
  if (bundle?.version !== wire.VERSION) {
    const found = String(bundle?.version ?? words.files.none);
    throw new BundleError(words.files.version(where, found, wire.VERSION));
  }
  if (!Array.isArray(bundle.models) || bundle.models.length === 0) {
    throw new BundleError(words.files.noModels(where));
  }
  return bundle;
}
