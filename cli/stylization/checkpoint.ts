import { readFile, rm } from "node:fs/promises";
import { endianness } from "node:os";
import * as v from "valibot";
import type { Losses } from "../../container/style/optimize.ts";
import type { Picture } from "../../imaging/picture.ts";
import { writeAtomically } from "../output.ts";
import { UserError } from "../user-error.ts";

/** The options that determine the objective, by name. A checkpoint can only be resumed with the same ones. */
export type StylizeSettings = Readonly<Record<string, string>>;

/** The state that is needed to resume a run. */
export interface Checkpoint {
  settings: StylizeSettings;
  losses: readonly Losses[];
  step: number;
  picture: Picture;
}

const Header = v.object({
  format: v.literal("semblance stylize checkpoint 1"),
  settings: v.record(v.string(), v.string()),
  step: v.pipe(v.number(), v.integer(), v.minValue(0)),
  width: v.pipe(v.number(), v.integer(), v.minValue(1)),
  height: v.pipe(v.number(), v.integer(), v.minValue(1)),
  losses: v.array(
    v.object({
      step: v.number(),
      loss: v.number(),
      style: v.number(),
      content: v.number(),
      patches: v.exactOptional(v.number()),
    }),
  ),
});

/**
 * Writes one file: a line of JSON, then the picture's planes [3, height, width] as little-endian float32, so that nothing is rounded.
 */
export async function writeCheckpoint(path: string, { settings, losses, step, picture }: Checkpoint): Promise<void> {
  const { width, height, data } = picture;
  const header: v.InferInput<typeof Header> = {
    format: "semblance stylize checkpoint 1",
    settings,
    step,
    width,
    height,
    losses: [...losses],
  };
  const planes = Buffer.from(data.slice().buffer);
  if (endianness() === "BE") planes.swap32();
  await writeAtomically(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), planes]));
}

/** Reads a checkpoint. Returns undefined if there is none. Throws a `UserError` if it is corrupt or has other settings. */
export async function readCheckpoint(path: string, settings: StylizeSettings): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return undefined;
  const end = bytes.indexOf("\n");
  const header = v.safeParse(v.pipe(v.string(), v.parseJson(), Header), bytes.toString("utf8", 0, Math.max(0, end)));
  const planes = Uint8Array.from(bytes.subarray(end + 1));
  if (!header.success || planes.length !== 12 * header.output.width * header.output.height)
    throw new UserError(`${path}: the checkpoint is invalid or incomplete. Delete it and omit --resume to start over.`);
  const { width, height, step, losses } = header.output;
  const differences = Object.keys({ ...settings, ...header.output.settings }).filter(
    (name) => settings[name] !== header.output.settings[name],
  );
  if (differences.length > 0)
    throw new UserError(
      `${path}: that run used different values of ${differences.map((name) => `--${name}`).join(", ")}. ` +
        "Use the same values, or omit --resume to start over.",
    );
  if (endianness() === "BE") Buffer.from(planes.buffer).swap32();
  return { settings, losses, step, picture: { width, height, data: new Float32Array(planes.buffer) } };
}

export const removeCheckpoint = (path: string): Promise<void> => rm(path, { force: true });
