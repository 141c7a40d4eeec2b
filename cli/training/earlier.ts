import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checkpoint, readCheckpoint } from "../../container/style-net/checkpoint.ts";
import { Refusal, refusalOf } from "../refusal.ts";
import type { Options } from "./options.ts";

export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw refusalOf(path, error);
  }
}

/**
 * The training that was begun in this folder, to be gone on with; nothing if there is none. Refuses one that is of other
 * files, or was to be done otherwise: it would come to another net than was asked for.
 */
export async function readEarlier(
  out: string,
  asked: Pick<Checkpoint, "settings" | "painting" | "photographs">,
  { minutes, resume }: Options,
): Promise<Checkpoint | undefined> {
  const path = join(out, "checkpoint.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    if (resume) throw new Refusal(`${path}: there is no training to go on with. Leave out --resume to begin one.`);
    return undefined;
  }
  const earlier = readCheckpoint(text);
  const otherwise = "Give what it was begun with, or another --out, or delete the file to begin anew.";
  if (!earlier) throw new Refusal(`${path}: this is no checkpoint, or not a whole one. Delete it to begin anew.`);
  if (earlier.painting !== asked.painting)
    throw new Refusal(`${path}: it was begun with another painting. ${otherwise}`);
  if (earlier.photographs !== asked.photographs)
    throw new Refusal(`${path}: it was begun with other photographs, or held out others. ${otherwise}`);
  const [before, now] = [earlier, asked].map(({ settings: { steps, ...settings } }) =>
    Object.entries({ ...settings, ...settings.weights, ...(minutes === undefined && { steps }) }),
  ) as [[string, unknown][], [string, unknown][]];
  const changed = now.filter(
    ([name, value], i) => JSON.stringify(value) !== JSON.stringify(before[i]?.[1]) && name !== "weights",
  );
  if (changed.length > 0)
    throw new Refusal(`${path}: it was begun with other ${changed.map(([name]) => name).join(", ")}. ${otherwise}`);
  return earlier;
}
