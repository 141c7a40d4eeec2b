import type { Losses, TrainingSettings, TrainingState } from "./trainer.ts";

/** A training that was begun: what it is of, how it is done, how far it is. */
export interface Checkpoint {
  readonly settings: TrainingSettings;
  /** SHA-256 of the painting's file, and of the names and files of all photographs. */
  readonly painting: string;
  readonly photographs: string;
  readonly state: TrainingState;
  /** Of every step so far. */
  readonly losses: readonly Losses[];
}

const FORMAT = 1;

/** As a text: numbers as base64 of little-endian float32, so that they come back to the bit. */
export function writeCheckpoint({ settings, painting, photographs, state, losses }: Checkpoint): string {
  const parameters = Object.fromEntries([...state.parameters].map(([name, data]) => [name, encoded(data)]));
  return JSON.stringify({
    format: FORMAT,
    settings,
    painting,
    photographs,
    step: state.step,
    losses: losses.map(({ loss, style, content, patches }) => [loss, style, content, patches]),
    parameters,
    mean: encoded(state.mean),
    square: encoded(state.square),
  });
}

/** `undefined` when the text is no checkpoint of this format. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  let read: Partial<Record<string, never>>;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (read?.format !== FORMAT) return undefined;
  const { settings, painting, photographs, step, losses, parameters, mean, square } = read as unknown as Written;
  return {
    settings,
    painting,
    photographs,
    losses: losses.map(([loss, style, content, patches], i) => ({ step: i + 1, loss, style, content, patches })),
    state: {
      step,
      parameters: new Map(Object.entries(parameters).map(([name, data]) => [name, decoded(data)])),
      mean: decoded(mean),
      square: decoded(square),
    },
  };
}

interface Written extends Pick<Checkpoint, "settings" | "painting" | "photographs"> {
  step: number;
  losses: [loss: number, style: number, content: number, patches: number][];
  parameters: Record<string, string>;
  mean: string;
  square: string;
}

const encoded = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

/** A copy: a typed array must begin at a multiple of its element's size. */
const decoded = (base64: string): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(base64, "base64")).buffer);
