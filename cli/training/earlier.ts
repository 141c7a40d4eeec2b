import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checkpoint, differencesOf, readCheckpoint } from "../../container/style-net/checkpoint.ts";
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
  asked: Parameters<typeof differencesOf>[1],
  { resume }: Options,
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
  const others = differencesOf(earlier, asked);
  if (others.length > 0) {
    const named = others.map((name) => SOURCES[name] ?? `other ${name}`).join(", ");
    throw new Refusal(`${path}: it was begun with ${named}. ${otherwise}`);
  }
  return earlier;
}

const SOURCES: Readonly<Record<string, string>> = {
  painting: "another painting",
  photographs: "other photographs, or held out others",
};
