/** Computes runs beside the page, so that typing never waits for a forward pass. */
import { LoadedModel } from "../bundle/model";
import type { Answer, Request } from "./messages";
import { Plan } from "./plan";

let plan: Plan | undefined;

function answer(request: Extract<Request, { kind: "run" }>): [Answer, Transferable[]] {
  const { id, tokens, decoder } = request;
  try {
    const started = performance.now();
    const arrays = plan!.run(tokens, decoder);
    const took = performance.now() - started;
    const buffers = [...arrays.values()].map(({ data }) => data.buffer);
    return [{ kind: "values", id, arrays, took }, buffers];
  } catch (error) {
    return [{ kind: "failure", id, sentence: (error as Error).message }, []];
  }
}

self.addEventListener("message", ({ data: request }: MessageEvent<Request>) => {
  if (request.kind === "open") {
    plan = new Plan(new LoadedModel(request.spec, request.kinds), request.weights);
    return;
  }
  const [message, buffers] = answer(request);
  self.postMessage(message, { transfer: buffers });
});
