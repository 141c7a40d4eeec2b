import { readFileSync } from "node:fs";
import { exactSearch, MetricKind } from "usearch";
import { KERNEL_PATH } from "../workers/gallery/kernel/build.ts";
import { createIndex } from "../workers/gallery/kernel.ts";
import { quantize } from "../workers/matching/template.ts";
import { alternately, median, type Row, row } from "./measure.ts";
import { randomDirection } from "./random.ts";

const TEMPLATES = 10_000;
const DIMENSION = 512;
const K = 5;
const ROUNDS = 400;

type Scan = (queries: number, rows: number, groups: number, dimension: number, hits: number, least: number) => number;

/**
 * The kernel with its ranking, beside the same kernel told that nothing is near enough (so that it only multiplies), and
 * beside usearch's exact search in float32 of the same vectors; one thread each.
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
  const bare = bareScan(wasm);
  const flat = Float32Array.from(
    { length: TEMPLATES * DIMENSION },
    (_, i) => vectors[Math.floor(i / DIMENSION)]![i % DIMENSION]!,
  );

  let turn = 0;
  const [ranked, scanned, usearch] = await alternately(
    ROUNDS,
    [
      async () => milliseconds(() => index.search([probes[turn++]!], K)),
      async () => milliseconds(bare),
      async () => milliseconds(() => exactSearch(flat, queries[turn % ROUNDS]!, DIMENSION, K, MetricKind.IP, 1)),
    ],
    0,
  );
  return [
    row(
      "kernel with top-k ÷ bare kernel, 10,000 templates",
      median(ranked!) / median(scanned!),
      "×",
      { most: 1.2 },
      `${median(ranked!).toFixed(3)} / ${median(scanned!).toFixed(3)} ms`,
    ),
    row(
      "usearch exact float32 ÷ kernel with top-k",
      median(usearch!) / median(ranked!),
      "×",
      { least: 3 },
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

/** The kernel's own scan of as many rows, none of which can be near enough. */
function bareScan(wasm: WebAssembly.Module): () => number {
  const { memory, scan1 } = new WebAssembly.Instance(wasm).exports as unknown as {
    memory: WebAssembly.Memory;
    scan1: Scan;
  };
  const [queries, hits, rows] = [0, 4 * DIMENSION, 65_536];
  const groups = TEMPLATES / 4;
  const bytes = rows + groups * 4 * (DIMENSION + 4);
  memory.grow(Math.ceil(bytes / 65_536) - 1);
  new Int8Array(memory.buffer, rows, bytes - rows).forEach((_, i, all) => {
    all[i] = (i * 31) % 255;
  });
  return () => scan1(queries, rows, groups, DIMENSION, hits, Number.POSITIVE_INFINITY);
}
