import type { FaceTemplate } from "../matching/template.ts";
import { type Near, Nearest, type SearchOptions } from "./kernel/nearest.ts";

export type { Near, SearchOptions } from "./kernel/nearest.ts";

/** What `kernel/kernel.wat.ts` exports, and describes; places are in bytes. */
interface Kernel {
  memory: WebAssembly.Memory;
  scan1(queries: number, rows: number, groups: number, dimension: number, hits: number, least: number): number;
  scan2(
    queries: number,
    rows: number,
    groups: number,
    dimension: number,
    hits: number,
    least0: number,
    least1: number,
  ): number;
}

/** Components that the kernel reads at a time. */
const CHUNK = 16;
/** Rows of a group: they lie interleaved, and their scales after them as float32. */
const GROUP = 4;
const SCALE_BYTES = 4;
const HIT_INTS = 8;
/** Groups that are scanned before the hits are looked at: at first few, because until k rows are known all are hits. */
const FIRST_GROUPS = 16;
const MOST_GROUPS = 256;
const PAGE_BYTES = 65_536;

/** An empty index of vectors with `dimension` components, a multiple of 16. It has its own memory. */
export function createIndex(wasm: WebAssembly.Module, dimension: number): VectorIndex {
  if (dimension <= 0 || dimension % CHUNK !== 0)
    throw new RangeError(`A dimension is a multiple of 16, not ${dimension}.`);
  return new VectorIndex(new WebAssembly.Instance(wasm).exports as unknown as Kernel, dimension);
}

/**
 * Int8 vectors in WebAssembly memory, and exact search among them: every row is compared. Rows are dense; to remove one,
 * move the last into its place.
 *
 * Memory: two queries as int16 [2, dimension] | the hits of a scan | the rows, in groups.
 */
export class VectorIndex {
  readonly #kernel: Kernel;
  readonly #dimension: number;
  readonly #hitsAt: number;
  readonly #rowsAt: number;
  readonly #groupBytes: number;
  #size = 0;
  /** The scales, exactly. Those in the kernel's memory are rounded, and only choose what is looked at. */
  #scales = new Float64Array(0);

  constructor(kernel: Kernel, dimension: number) {
    this.#kernel = kernel;
    this.#dimension = dimension;
    this.#groupBytes = GROUP * (dimension + SCALE_BYTES);
    this.#hitsAt = 2 * dimension * Int16Array.BYTES_PER_ELEMENT;
    this.#rowsAt = this.#hitsAt + 2 * MOST_GROUPS * HIT_INTS * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Rows that are in it. */
  get size(): number {
    return this.#size;
  }

  /** Makes room for this many rows in all, exactly: whoever knows how many there will be asks once. */
  reserve(rows: number): void {
    if (rows <= this.#scales.length) return;
    const groups = Math.ceil(rows / GROUP);
    const { memory } = this.#kernel;
    const missing = this.#rowsAt + groups * this.#groupBytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    const scales = new Float64Array(groups * GROUP);
    scales.set(this.#scales);
    this.#scales = scales;
  }

  /** Appends a row and returns its position. */
  add(vector: Int8Array, scale: number): number {
    const position = this.#size;
    // By an eighth: 100,000 rows are 52 MB of an isolate's 128, so that doubling would not fit.
    if (position === this.#scales.length) this.reserve(position + Math.max(128, Math.ceil(position / 8)));
    this.#write(position, vector, scale);
    this.#size++;
    return position;
  }

  /** Replaces a row. */
  set(position: number, vector: Int8Array, scale: number): void {
    this.#check(position);
    this.#write(position, vector, scale);
  }

  /** Copies a row over another. */
  move(from: number, to: number): void {
    this.#check(from);
    this.#check(to);
    const bytes = new Int8Array(this.#kernel.memory.buffer);
    const vector = new Int8Array(this.#dimension);
    for (let c = 0; c < this.#dimension; c += CHUNK) {
      const at = this.#chunkAt(from, c);
      vector.set(bytes.subarray(at, at + CHUNK), c);
    }
    this.#write(to, vector, this.#scales[from]!);
  }

  /** Forgets the last row, and leaves nothing of it in memory. */
  removeLast(): void {
    this.set(this.#size - 1, new Int8Array(this.#dimension), 0);
    this.#size--;
  }

  /** For each query its k nearest rows, nearest first; of rows equally near those with the lower positions. */
  search(queries: readonly FaceTemplate[], k: number, options: SearchOptions = {}): Near[][] {
    const nearest = queries.map(({ scale }) => new Nearest(scale, k, options));
    for (let first = 0; first < queries.length; first += 2) {
      this.#scan(queries.slice(first, first + 2), nearest.slice(first, first + 2));
    }
    return nearest.map(({ rows }) => rows);
  }

  /** One pass over all rows with one query or two. */
  #scan(queries: readonly FaceTemplate[], nearest: readonly Nearest[]): void {
    const { memory, scan1, scan2 } = this.#kernel;
    for (const [i, { vector }] of queries.entries()) {
      if (vector.length !== this.#dimension) throw new RangeError(`A query has ${this.#dimension} components.`);
      new Int16Array(memory.buffer, 2 * i * vector.length, vector.length).set(vector);
    }
    const hits = new Int32Array(memory.buffer, this.#hitsAt, 2 * MOST_GROUPS * HIT_INTS);
    const [one, other] = nearest as [Nearest, Nearest?];
    const all = Math.ceil(this.#size / GROUP);
    for (let first = 0, groups = FIRST_GROUPS; first < all; first += groups, groups = Math.min(MOST_GROUPS, first)) {
      groups = Math.min(groups, all - first);
      const rows = this.#rowsAt + first * this.#groupBytes;
      const found = other
        ? scan2(0, rows, groups, this.#dimension, this.#hitsAt, one.least, other.least)
        : scan1(0, rows, groups, this.#dimension, this.#hitsAt, one.least);
      for (let hit = 0; hit < found * HIT_INTS; hit += HIT_INTS) {
        const position = (first + hits[hit]!) * GROUP;
        const kept = nearest[hits[hit + 1]!]!;
        for (let lane = 0; lane < GROUP && position + lane < this.#size; lane++) {
          kept.offer(position + lane, hits[hit + 4 + lane]!, this.#scales[position + lane]!);
        }
      }
    }
  }

  #write(position: number, vector: Int8Array, scale: number): void {
    if (vector.length !== this.#dimension) throw new RangeError(`A row has ${this.#dimension} components.`);
    const { buffer } = this.#kernel.memory;
    const bytes = new Int8Array(buffer);
    for (let c = 0; c < vector.length; c += CHUNK) bytes.set(vector.subarray(c, c + CHUNK), this.#chunkAt(position, c));
    const lane = position % GROUP;
    new Float32Array(buffer, this.#chunkAt(position - lane, this.#dimension), GROUP)[lane] = scale;
    this.#scales[position] = scale;
  }

  /** Where a row's components from `c` on lie: one chunk of them. */
  #chunkAt(position: number, c: number): number {
    const lane = position % GROUP;
    return this.#rowsAt + ((position - lane) / GROUP) * this.#groupBytes + c * GROUP + lane * CHUNK;
  }

  /** A write beside the rows would silently spoil another. */
  #check(position: number): void {
    if (!(position >= 0 && position < this.#size)) throw new RangeError(`There is no row ${position}.`);
  }
}
