import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");
/** The default folder of npm packages. */
export const CACHE = resolve(ROOT, ".semblance/cache");
/** The default folder of built models. */
export const BUILT = resolve(ROOT, "models/build");

/** An npm package could not be fetched, or is not the one of the catalog. The message says what to do. */
export class PackageUnavailableError extends Error {
  override name = "PackageUnavailableError";
}

/** In hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function readIfPresent(file: string): Promise<Uint8Array | undefined> {
  return readFile(file).catch((error) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** Writes a file atomically: under its name there is never a partial file. */
export async function writeAtomically(file: string, bytes: Uint8Array): Promise<void> {
  const temporaryPath = `${file}.${process.pid}.part`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(temporaryPath, bytes);
    await rename(temporaryPath, file);
  } finally {
    await rm(temporaryPath, { force: true });
  }
}
