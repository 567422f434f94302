/** Files and answers that cannot be used, in German. */
import type { Words } from "../en";

export const files: Words["files"] = {
  unreachable: (what, origin) =>
    `Nicht geladen: ${what}, von ${origin}. Läuft der Server noch? Dann versuche es noch einmal, oder lade die Seite neu.`,
  refused: (what, status) => `Nicht geladen: ${what}. Der Server antwortete ${status}.`,
  noJson: (file) => `${file} ist beschädigt: Es ist kein JSON. Exportiere das Bündel noch einmal.`,
  noBase64: (file) =>
    `${file} in dieser Datei ist beschädigt: Es ist kein Base64. Exportiere sie noch einmal.`,
  noTour: (file) => `${file} ist keine Tour, die diese Seite lesen kann. Lade die Seite neu.`,
  anotherModel: (file, name) => `${file} enthält ${name} nicht. Exportiere das Bündel noch einmal.`,
  anotherRun: (file, expected, found) =>
    `${file} ist ein anderer Lauf: erwartet ${expected}, erhalten ${found}.`,
  run: (model, tokens, written) =>
    `${model} mit den Tokens ${tokens}${written && ` und ${written}`}`,
  unnamedRun: (file) =>
    `${file} sagt nicht, welchen Lauf es enthält: In seinen Metadaten fehlt „run“.`,
  version: (file, found, known) =>
    `${file} hat Version ${found}, diese Seite liest Version ${known}. Exportiere es noch einmal mit der Version von Cutaway, von der diese Seite ist.`,
  none: "(keine)",
  noModels: (file) => `${file} enthält kein Modell: In models wird mindestens eines erwartet.`,
  misfit: (file, problems) => `${file} passt nicht zum Modell: ${problems}.`,
  missing: (tensor) => `${tensor} fehlt`,
  shape: (tensor, found, expected) => `${tensor} hat die Form ${found} statt ${expected}`,
  short: (file, bytes) =>
    `${file} ist abgeschnitten: erwartet eine safetensors-Datei, erhalten ${bytes} Bytes.`,
  shortHeader: (file, end, bytes) =>
    `${file} ist abgeschnitten oder keine safetensors-Datei: Der Kopf sollte bei Byte ${end} enden, es hat ${bytes} Bytes.`,
  headerNoJson: (file) => `${file} ist beschädigt: Der Kopf der safetensors-Datei ist kein JSON.`,
  headerNoObject: (file) => `${file} ist beschädigt: Als Kopf wird ein Objekt erwartet.`,
  tensorIn: (tensor, file) => `Tensor ${tensor} in ${file}`,
  noShape: (tensor) => `Der Kopf ist beschädigt: keine shape und data_offsets für ${tensor}.`,
  type: (tensor, found) => `Für ${tensor} wird F32 oder I32 erwartet, erhalten ${found}.`,
  size: (tensor, bytes, shape, found) =>
    `Für ${tensor} werden ${bytes} Bytes erwartet (Form ${shape}), nach seinen Grenzen sind es ${found}.`,
  shortTensor: (tensor, end, bytes) =>
    `Die Datei ist in ${tensor} abgeschnitten: Er endet bei Byte ${end}, die Datei bei Byte ${bytes}.`,
  thisRun: "der Lauf mit dieser Eingabe",
  firstRun: (model) => `der Lauf von ${model}`,
  noServer:
    "Diese Seite hat keinen Server, der das Modell laufen lässt, darum steht sein Prompt fest.",
  noId: (found, size) =>
    `Diese Seite hat keinen Tokenizer, ihr Prompt sind darum Token-Ids (ganze Zahlen von 0 bis ${size - 1}): erhalten „${found}“.`,
  length: (found, most) => `Das Modell nimmt 1 bis ${most} Tokens, erhalten ${found}.`,
  noLetter: (letter, known) => `${letter} ist nicht im Vokabular; das ist ${known}.`,
};

/** Zellen, die ein Lauf nicht hat. */
export const cells: Words["cells"] = {
  expected: (example, found) => `Erwartet wird eine Zelle wie ${example}, erhalten „${found}“.`,
  axes: (tensor, count, axes, found) =>
    `${tensor} hat ${count} Achsen [${axes}]: erwartet ebenso viele ganze Zahlen, erhalten „${found}“.`,
  range: (axis, tensor, length, found) =>
    `${axis} von ${tensor} reicht ${length > 0 ? `von 0 bis ${length - 1}` : "in diesem Lauf über keine Stelle"}, erhalten ${found}.`,
  noTensor: (name, near) =>
    `Es gibt keinen Tensor „${name}“.${near && ` Ähnlich heißen: ${near}.`}`,
};
