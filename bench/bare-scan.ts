type Scan = (queries: number, rows: number, groups: number, dimension: number, hits: number, least: number) => number;

/** A query's components. */
export const DIMENSION = 512;

/** The kernel's scan of rows for one query, with a limit that no row reaches, so that it only multiplies. */
export function bareScan(wasm: WebAssembly.Module, templates: number): () => number {
  const { memory, scan1 } = new WebAssembly.Instance(wasm).exports as unknown as {
    memory: WebAssembly.Memory;
    scan1: Scan;
  };
  const [queries, hits, rows] = [0, 4 * DIMENSION, 65_536];
  const groups = templates / 4;
  const bytes = rows + groups * 4 * (DIMENSION + 4);
  memory.grow(Math.ceil(bytes / 65_536) - 1);
  new Int8Array(memory.buffer, rows, bytes - rows).forEach((_, i, all) => {
    all[i] = (i * 31) % 255;
  });
  return () => scan1(queries, rows, groups, DIMENSION, hits, Number.POSITIVE_INFINITY);
}
