import { readFileSync } from "node:fs";
import { exactSearch, MetricKind } from "usearch";
import { KERNEL_PATH } from "../workers/gallery/kernel/build.ts";
import { createIndex } from "../workers/gallery/kernel.ts";
import { quantize } from "../workers/matching/template.ts";
import { bareScan, DIMENSION } from "./bare-scan.ts";
import { interleave, median, type Row, row } from "./measure.ts";
import { randomDirection } from "./random.ts";

const TEMPLATES = 10_000;
const TOP_K = 5;
const ROUNDS = 400;

/**
 * Compares the kernel with top-k ranking with the same kernel without hits (the limit excludes all rows, so it only computes the products),
 * and with usearch's exact float32 search of the same vectors. Each uses one thread.
 */
export async function search(): Promise<Row[]> {
  const wasm = await WebAssembly.compile(readFileSync(KERNEL_PATH));
  const vectors = Array.from({ length: TEMPLATES }, () => unit(randomDirection(DIMENSION)));
  const queries = Array.from({ length: ROUNDS + 1 }, () => unit(randomDirection(DIMENSION)));
  const probes = queries.map((vector) => quantize(vector, "any"));

  const index = createIndex(wasm, DIMENSION);
  for (const vector of vectors) {
    const template = quantize(vector, "any");
    index.add(template.vector, template.scale);
  }
  const bare = bareScan(wasm, TEMPLATES);
  const allVectors = Float32Array.from(
    { length: TEMPLATES * DIMENSION },
    (_, i) => vectors[Math.floor(i / DIMENSION)]![i % DIMENSION]!,
  );

  let round = 0;
  const [ranked, scanned, usearch] = await interleave(
    ROUNDS,
    [
      async () => milliseconds(() => index.search([probes[round++]!], TOP_K)),
      async () => milliseconds(bare),
      async () =>
        milliseconds(() => exactSearch(allVectors, queries[round % ROUNDS]!, DIMENSION, TOP_K, MetricKind.IP, 1)),
    ],
    0,
  );
  return [
    row(
      "kernel with top-k ÷ kernel without hits, 10,000 templates",
      median(ranked!) / median(scanned!),
      "×",
      { max: 1.2 },
      `${median(ranked!).toFixed(3)} / ${median(scanned!).toFixed(3)} ms`,
    ),
    row(
      "usearch exact float32 ÷ kernel with top-k",
      median(usearch!) / median(ranked!),
      "×",
      { min: 3 },
      `${median(usearch!).toFixed(3)} / ${median(ranked!).toFixed(3)} ms`,
    ),
  ];
}

const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
};

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
