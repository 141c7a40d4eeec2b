import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { Command } from "commander";
import { ROOT } from "../cli/state.ts";
import { runWrangler } from "../cli/wrangler.ts";
import { type Row, row } from "./measure.ts";

/** The platform's limit is 10 MB gzipped. The rest is reserved for code; style nets and thumbnails are not in the bundle. */
const MAX_MEGABYTES = 7;

/** Size of the files that a deployment would upload, gzipped one by one. */
export async function bundleSize(): Promise<Row[]> {
  const folder = resolve(ROOT, "dist/size");
  await runWrangler(["deploy", "--dry-run", "--outdir", folder]);
  const uploaded = readdirSync(folder).filter((name) => !/\.map$|^README/.test(name));
  const bytes = uploaded.reduce(
    (sum, name) => sum + gzipSync(readFileSync(resolve(folder, name)), { level: 9 }).length,
    0,
  );
  return [row("bundle, gzipped", bytes / 1e6, "MB", { max: MAX_MEGABYTES })];
}

if (import.meta.main) {
  new Command("npm run size --")
    .description("Measures the bundle of the Worker, gzipped, and compares it with the limit.")
    .parse();
  const [size] = await bundleSize();
  console.log(`${size?.value} MB gzipped; the limit is ${MAX_MEGABYTES} MB`);
  if (!size?.pass) process.exitCode = 1;
}
