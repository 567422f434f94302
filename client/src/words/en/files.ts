/** Files and answers that cannot be used, in English: what was expected, what came, where. */
export const files = {
  unreachable: (what: string, origin: string) =>
    `Could not fetch ${what} from ${origin}. Check that the server is still running, then try again or reload the page.`,
  refused: (what: string, status: string) =>
    `Could not fetch ${what}: the server answered ${status}.`,
  noJson: (file: string) => `${file} is damaged: it is not JSON. Export the bundle again.`,
  noBase64: (file: string) => `${file} in this file is damaged: it is not base64. Export it again.`,
  noTour: (file: string) => `${file} is not a tour that this page can read. Reload the page.`,
  anotherModel: (file: string, name: string) =>
    `${file} does not hold ${name}. Export the bundle again.`,
  anotherRun: (file: string, expected: string, found: string) =>
    `${file} is another run: expected ${expected}, received ${found}.`,
  run: (model: string, tokens: string, written: string) =>
    `${model} on tokens ${tokens}${written && ` and ${written}`}`,
  unnamedRun: (file: string) =>
    `${file} does not say which run it holds: expected "run" in its metadata.`,
  version: (file: string, found: string, known: number) =>
    `${file} has version ${found}, this page reads version ${known}. Export it again with the version of Cutaway that made this page.`,
  none: "(none)",
  noModels: (file: string) => `${file} holds no model: expected at least one in models.`,
  misfit: (file: string, problems: string) => `${file} does not fit the model: ${problems}.`,
  missing: (tensor: string) => `${tensor} is missing`,
  shape: (tensor: string, found: string, expected: string) =>
    `${tensor} has shape ${found} instead of ${expected}`,
  short: (file: string, bytes: number) =>
    `${file} is cut off: expected a safetensors file, received ${bytes} bytes.`,
  shortHeader: (file: string, end: number, bytes: number) =>
    `${file} is cut off, or is no safetensors file: its header should end at byte ${end}, it has ${bytes} bytes.`,
  headerNoJson: (file: string) =>
    `${file} is damaged: the header of the safetensors file is not JSON.`,
  headerNoObject: (file: string) => `${file} is damaged: expected an object as its header.`,
  tensorIn: (tensor: string, file: string) => `tensor ${tensor} in ${file}`,
  noShape: (tensor: string) => `The header is damaged: no shape and data_offsets for ${tensor}.`,
  type: (tensor: string, found: string) => `Expected F32 or I32 for ${tensor}, received ${found}.`,
  size: (tensor: string, bytes: number, shape: string, found: number) =>
    `Expected ${bytes} bytes (shape ${shape}) for ${tensor}, its offsets hold ${found}.`,
  shortTensor: (tensor: string, end: number, bytes: number) =>
    `The file is cut off in ${tensor}: it ends at byte ${end}, the file at byte ${bytes}.`,
  thisRun: "the run on this prompt",
  firstRun: (model: string) => `the run of ${model}`,
  noServer: "This page has no server that runs the model, so its prompt is fixed.",
  noId: (found: string, size: number) =>
    `This page has no tokenizer, so its prompt is token ids (whole numbers from 0 to ${size - 1}): received “${found}”.`,
  length: (found: number, most: number) =>
    `The model takes from 1 to ${most} tokens, received ${found}.`,
  noLetter: (letter: string, known: string) =>
    `${letter} is not in the vocabulary, which is ${known}.`,
};

/** Cells that a run does not have. */
export const cells = {
  expected: (example: string, found: string) =>
    `Expected a cell such as ${example}, received "${found}".`,
  axes: (tensor: string, count: number, axes: string, found: string) =>
    `${tensor} has ${count} axes [${axes}]: expected as many whole numbers, received "${found}".`,
  range: (axis: string, tensor: string, length: number, found: number) =>
    `${axis} of ${tensor} has the range ${length > 0 ? `0 to ${length - 1}` : "no position in this run"}, received ${found}.`,
  noTensor: (name: string, near: string) =>
    `There is no tensor "${name}".${near && ` Near matches: ${near}.`}`,
};
