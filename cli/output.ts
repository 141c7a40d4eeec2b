import { randomUUID } from "node:crypto";
import { open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { toUserError, UserError } from "./user-error.ts";

/** Throws a `UserError` if a file cannot be written at this path. Lets a program fail before a long computation. Leaves no files. */
export async function assertWritable(path: string): Promise<void> {
  const present = await statOf(path);
  if (present?.isDirectory()) throw new UserError(`${path}: it is a folder. Give the path of a file.`);
  if (present && !present.isFile()) return;
  const folder = dirname(resolve(path));
  const folderStat = await statOf(folder);
  if (!folderStat) throw new UserError(`${path}: the folder ${folder} does not exist. Create it first.`);
  if (!folderStat.isDirectory())
    throw new UserError(`${path}: ${folder} is a file, not a folder. Choose another path.`);
  // Only an actual write shows reliably whether a folder is writable.
  const probe = temporaryPath(path);
  try {
    await (await open(probe, "wx")).close();
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** Writes a file atomically: the previous content stays until the new file is complete. */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const present = await statOf(path);
  try {
    // A device, such as /dev/stdout, cannot be replaced, only written to.
    if (present && !present.isFile()) return await writeFile(path, bytes);
    const part = temporaryPath(path);
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

/** Whether the path exists and is neither a regular file nor a folder: a device or a pipe. */
export async function isDevice(path: string): Promise<boolean> {
  const present = await statOf(path);
  return present !== undefined && !present.isFile() && !present.isDirectory();
}

const statOf = (path: string) => stat(path).catch(() => undefined);

/** A new name in the same folder, so that a rename copies no bytes. */
const temporaryPath = (path: string): string => `${path}.${randomUUID().slice(0, 8)}.part`;

function cannotWrite(path: string, error: unknown): unknown {
  const userError = toUserError(path, error);
  return userError instanceof UserError ? new UserError(`Cannot write ${userError.message}`, { cause: error }) : error;
}
