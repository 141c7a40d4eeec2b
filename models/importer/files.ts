import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");
/** Where npm packages are kept, unless said. */
export const CACHE = resolve(ROOT, ".semblance/cache");
/** Where built models are kept, unless said. */
export const BUILT = resolve(ROOT, "models/build");

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

/** Under its name there is the whole file or none, however the process ends. */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}
