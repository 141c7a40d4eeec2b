import { rename, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Where the kernel is built to. */
export const KERNEL = fileURLToPath(new URL("kernel.wasm", import.meta.url));

const SOURCES = [fileURLToPath(new URL("kernel.wat.ts", import.meta.url)), fileURLToPath(import.meta.url)];

/** Makes `kernel.wasm` of its text, unless it is younger than its sources. */
export async function buildKernel(): Promise<void> {
  const [built, ...sources] = await Promise.all([KERNEL, ...SOURCES].map(age));
  if (built! > Math.max(...sources)) return;
  const [{ default: startWabt }, { kernelText }] = await Promise.all([import("wabt"), import("./kernel.wat.ts")]);
  const wabt = await startWabt();
  const module = wabt.parseWat("kernel.wat", kernelText(), { simd: true });
  try {
    // Written aside and renamed: another process never reads half of it.
    const aside = `${KERNEL}.${process.pid}`;
    await writeFile(aside, module.toBinary({}).buffer);
    await rename(aside, KERNEL);
  } finally {
    module.destroy();
  }
}

/** When a file was written, in ms; a file that is not there is older than all. */
const age = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

if (import.meta.main) await buildKernel();
