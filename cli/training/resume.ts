import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checkpoint, differencesOf, readCheckpoint } from "../../container/style-net/checkpoint.ts";
import { toUserError, UserError } from "../user-error.ts";
import type { TrainingOptions } from "./options.ts";

export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw toUserError(path, error);
  }
}

/**
 * Reads the checkpoint of an interrupted training in this folder. Returns undefined if there is none. Throws a `UserError` if the
 * training had other inputs or settings, because resuming it would give another net than requested.
 */
export async function readResumeCheckpoint(
  out: string,
  requested: Parameters<typeof differencesOf>[1],
  { resume }: TrainingOptions,
): Promise<Checkpoint | undefined> {
  const path = join(out, "checkpoint.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    if (resume) throw new UserError(`${path}: there is no training to resume. Omit --resume to start one.`);
    return undefined;
  }
  const earlier = readCheckpoint(text);
  const advice = "Use the same inputs, choose another --out, or delete the file to start over.";
  if (!earlier) throw new UserError(`${path}: the checkpoint is invalid or incomplete. Delete it to start over.`);
  const differences = differencesOf(earlier, requested);
  if (differences.length > 0) {
    const changedInputs = differences.map((name) => INPUT_NAMES[name] ?? `other ${name}`).join(", ");
    throw new UserError(`${path}: that training was started with ${changedInputs}. ${advice}`);
  }
  return earlier;
}

const INPUT_NAMES: Readonly<Record<string, string>> = {
  painting: "another painting",
  photographs: "other photographs, or another --hold-out",
};
