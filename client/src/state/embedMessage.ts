/** What a page around this one may ask for, field by field. */
import type { CameraState } from "../render";
import type { Address } from "./address";

export interface Understood {
  readonly address: Address;
  readonly camera: CameraState | null;
  /** A sentence for each field that was left out. */
  readonly problems: string[];
}

type Check = (value: unknown) => Partial<Address> | null;

const FIELDS: Record<string, { expected: string; read: Check }> = {
  model: {
    expected: "the name of a model",
    read: (value) => (typeof value === "string" && value !== "" ? { model: value } : null),
  },
  with: {
    expected: "a list of names of models",
    read: (value) => {
      const areNames = Array.isArray(value) && value.every((each) => typeof each === "string");
      return areNames ? { with: value as string[] } : null;
    },
  },
  prompt: {
    expected: "a text, or a list of token ids",
    read: (value) => {
      if (typeof value === "string") return { prompt: value };
      const isIds = Array.isArray(value) && value.length > 0 && value.every(isId);
      return isIds ? { tokens: value as number[] } : null;
    },
  },
  cell: {
    expected: 'a cell such as "blocks.0.attn.q[3, 0, 5]", or null',
    read: (value) =>
      value === null ? { cell: "" } : typeof value === "string" ? { cell: value } : null,
  },
  theme: {
    expected: '"light" or "dark"',
    read: (value) => (value === "light" || value === "dark" ? { theme: value } : null),
  },
};

/** The fields of a `cutaway:set` message; what cannot be understood is left out and said. */
export function understood(message: Record<string, unknown>): Understood {
  let address: Address = {};
  let camera: CameraState | null = null;
  const problems: string[] = [];
  for (const [name, value] of Object.entries(message)) {
    if (name === "type") continue;
    if (name === "camera") {
      camera = cameraOf(value);
      if (camera === null) {
        problems.push("camera: expected target (three numbers), azimuth, elevation, distance.");
      }
      continue;
    }
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    const read = field?.read(value);
    if (read) address = { ...address, ...read };
    else problems.push(field ? `${name}: expected ${field.expected}.` : `${name} is not known.`);
  }
  return { address, camera, problems };
}

function isId(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function cameraOf(value: unknown): CameraState | null {
  if (typeof value !== "object" || value === null) return null;
  const { target, azimuth, elevation, distance } = value as Record<string, unknown>;
  if (!Array.isArray(target) || target.length !== 3) return null;
  const numbers: unknown[] = [...(target as unknown[]), azimuth, elevation, distance];
  if (!numbers.every((n) => typeof n === "number" && Number.isFinite(n))) return null;
  if ((distance as number) <= 0) return null;
  return value as CameraState;
}
