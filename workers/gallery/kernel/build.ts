import { rename, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The path of the compiled kernel. */
export const KERNEL_PATH = fileURLToPath(new URL("kernel.wasm", import.meta.url));

const SOURCES = [fileURLToPath(new URL("kernel.wat.ts", import.meta.url)), fileURLToPath(import.meta.url)];

/** Compiles the kernel's text to `kernel.wasm`, unless that file is newer than its sources. */
export async function buildKernel(): Promise<void> {
  const [built, ...sources] = await Promise.all([KERNEL_PATH, ...SOURCES].map(modifiedAt));
  if (built! > Math.max(...sources)) return;
  const [{ default: startWabt }, { kernelText }] = await Promise.all([import("wabt"), import("./kernel.wat.ts")]);
  const wabt = await startWabt();
  const module = wabt.parseWat("kernel.wat", kernelText(), { simd: true });
  try {
    // Write to a temporary file and rename it, so that another process never reads an incomplete file.
    const temporary = `${KERNEL_PATH}.${process.pid}`;
    await writeFile(temporary, module.toBinary({}).buffer);
    await rename(temporary, KERNEL_PATH);
  } finally {
    module.destroy();
  }
}

/** The modification time of a file in milliseconds; 0 if the file does not exist. */
const modifiedAt = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

if (import.meta.main) await buildKernel();
