import { randomUUID } from "node:crypto";
import { open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Refusal, refusalOf } from "./refusal.ts";

/** Refuses a path to which nothing could be written, before hours are spent on what is to be written there. Leaves no trace. */
export async function refuseUnwritable(path: string): Promise<void> {
  const present = await statOf(path);
  if (present?.isDirectory()) throw new Refusal(`${path}: it is a folder. Name a file in it.`);
  if (present && !present.isFile()) return;
  const folder = dirname(resolve(path));
  const around = await statOf(folder);
  if (!around) throw new Refusal(`${path}: the folder ${folder} does not exist. Make it first.`);
  if (!around.isDirectory()) throw new Refusal(`${path}: ${folder} is a file, not a folder.`);
  // Whether a folder can be written to is told for sure only by writing to it.
  const probe = besides(path);
  try {
    await (await open(probe, "wx")).close();
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** Writes the file whole or not at all: what was there before stays until the new one is complete. */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const present = await statOf(path);
  try {
    // A device, such as /dev/stdout, cannot be replaced, only written to.
    if (present && !present.isFile()) return await writeFile(path, bytes);
    const part = besides(path);
    try {
      await writeFile(part, bytes, { flag: "wx" });
      await rename(part, path);
    } finally {
      await rm(part, { force: true });
    }
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** True of what is there and is no ordinary file: a device, a pipe. */
export async function isDevice(path: string): Promise<boolean> {
  const present = await statOf(path);
  return present !== undefined && !present.isFile() && !present.isDirectory();
}

const statOf = (path: string) => stat(path).catch(() => undefined);

/** A new name in the same folder, so that renaming it moves no bytes. */
const besides = (path: string): string => `${path}.${randomUUID().slice(0, 8)}.part`;

function cannotWrite(path: string, error: unknown): unknown {
  const refusal = refusalOf(path, error);
  return refusal instanceof Refusal ? new Refusal(`It cannot be written: ${refusal.message}`, { cause: error }) : error;
}
