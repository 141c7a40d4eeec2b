import type { FaceTemplate } from "../matching/template.ts";
import { Nearest, type NearRow, type SearchOptions } from "./kernel/nearest.ts";

export type { NearRow, SearchOptions } from "./kernel/nearest.ts";

/** The exports of `kernel/kernel.wat.ts`, which describes them. `queries`, `rows` and `hits` are offsets in bytes. */
interface Kernel {
  memory: WebAssembly.Memory;
  scan1(queries: number, rows: number, groups: number, dimension: number, hits: number, minScore: number): number;
  scan2(
    queries: number,
    rows: number,
    groups: number,
    dimension: number,
    hits: number,
    minScore0: number,
    minScore1: number,
  ): number;
}

/** The number of components that the kernel reads at a time. */
const CHUNK = 16;
/** The number of rows in a group. Their components are interleaved; their scales follow as float32. */
const GROUP = 4;
const SCALE_BYTES = 4;
const HIT_INTS = 8;
/** The number of groups per kernel call. It is small at first, because every row is a hit until k rows are known. */
const FIRST_GROUPS = 16;
const MAX_GROUPS = 256;
const PAGE_BYTES = 65_536;

/** Creates an empty index of vectors with `dimension` components, a multiple of 16. Each index has its own memory. */
export function createIndex(wasm: WebAssembly.Module, dimension: number): VectorIndex {
  if (dimension <= 0 || dimension % CHUNK !== 0)
    throw new RangeError(`The dimension must be a positive multiple of 16, not ${dimension}.`);
  return new VectorIndex(new WebAssembly.Instance(wasm).exports as unknown as Kernel, dimension);
}

/**
 * Int8 vectors in WebAssembly memory with exact search: each row is compared. Positions have no gaps. To remove a row, move the last row
 * to its position, then remove the last row.
 *
 * Memory layout: two queries as int16 [2, dimension] | the hits of a scan | the rows, in groups.
 */
export class VectorIndex {
  readonly #kernel: Kernel;
  readonly #dimension: number;
  readonly #hitsOffset: number;
  readonly #rowsOffset: number;
  readonly #groupBytes: number;
  #size = 0;
  /** The exact scales. The kernel's memory has rounded ones, which only decide which rows are hits. */
  #scales = new Float64Array(0);

  constructor(kernel: Kernel, dimension: number) {
    this.#kernel = kernel;
    this.#dimension = dimension;
    this.#groupBytes = GROUP * (dimension + SCALE_BYTES);
    this.#hitsOffset = 2 * dimension * Int16Array.BYTES_PER_ELEMENT;
    this.#rowsOffset = this.#hitsOffset + 2 * MAX_GROUPS * HIT_INTS * Int32Array.BYTES_PER_ELEMENT;
  }

  /** The number of rows. */
  get size(): number {
    return this.#size;
  }

  /** Allocates memory for exactly this many rows in total. Call it once if the number of rows is known. */
  reserve(rows: number): void {
    if (rows <= this.#scales.length) return;
    const groups = Math.ceil(rows / GROUP);
    const { memory } = this.#kernel;
    const missing = this.#rowsOffset + groups * this.#groupBytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    const scales = new Float64Array(groups * GROUP);
    scales.set(this.#scales);
    this.#scales = scales;
  }

  /** Appends a row and returns its position. */
  add(vector: Int8Array, scale: number): number {
    const position = this.#size;
    // Grow by an eighth: 100,000 rows take 52 MB of an isolate's 128 MB, so doubling would not fit.
    if (position === this.#scales.length) this.reserve(position + Math.max(128, Math.ceil(position / 8)));
    this.#write(position, vector, scale);
    this.#size++;
    return position;
  }

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
      const at = this.#chunkOffset(from, c);
      vector.set(bytes.subarray(at, at + CHUNK), c);
    }
    this.#write(to, vector, this.#scales[from]!);
  }

  /** Removes the last row and overwrites its memory with zeros. */
  removeLast(): void {
    this.set(this.#size - 1, new Int8Array(this.#dimension), 0);
    this.#size--;
  }

  /** Finds for each query its `k` nearest rows, nearest first. Among equally near rows, lower positions come first. */
  search(queries: readonly FaceTemplate[], k: number, options: SearchOptions = {}): NearRow[][] {
    const nearest = queries.map(({ scale }) => new Nearest(scale, k, options));
    for (let first = 0; first < queries.length; first += 2) {
      this.#scan(queries.slice(first, first + 2), nearest.slice(first, first + 2));
    }
    return nearest.map(({ rows }) => rows);
  }

  /** Scans all rows once with one or two queries. */
  #scan(queries: readonly FaceTemplate[], nearest: readonly Nearest[]): void {
    const { memory, scan1, scan2 } = this.#kernel;
    for (const [i, { vector }] of queries.entries()) {
      if (vector.length !== this.#dimension)
        throw new RangeError(`A query must have ${this.#dimension} components, not ${vector.length}.`);
      new Int16Array(memory.buffer, 2 * i * vector.length, vector.length).set(vector);
    }
    const hits = new Int32Array(memory.buffer, this.#hitsOffset, 2 * MAX_GROUPS * HIT_INTS);
    const [one, other] = nearest as [Nearest, Nearest?];
    const groupCount = Math.ceil(this.#size / GROUP);
    for (
      let first = 0, groups = FIRST_GROUPS;
      first < groupCount;
      first += groups, groups = Math.min(MAX_GROUPS, first)
    ) {
      groups = Math.min(groups, groupCount - first);
      const rows = this.#rowsOffset + first * this.#groupBytes;
      const hitCount = other
        ? scan2(0, rows, groups, this.#dimension, this.#hitsOffset, one.minScore, other.minScore)
        : scan1(0, rows, groups, this.#dimension, this.#hitsOffset, one.minScore);
      for (let hit = 0; hit < hitCount * HIT_INTS; hit += HIT_INTS) {
        const position = (first + hits[hit]!) * GROUP;
        const ofQuery = nearest[hits[hit + 1]!]!;
        for (let lane = 0; lane < GROUP && position + lane < this.#size; lane++) {
          ofQuery.offer(position + lane, hits[hit + 4 + lane]!, this.#scales[position + lane]!);
        }
      }
    }
  }

  #write(position: number, vector: Int8Array, scale: number): void {
    if (vector.length !== this.#dimension)
      throw new RangeError(`A row must have ${this.#dimension} components, not ${vector.length}.`);
    const { buffer } = this.#kernel.memory;
    const bytes = new Int8Array(buffer);
    for (let c = 0; c < vector.length; c += CHUNK)
      bytes.set(vector.subarray(c, c + CHUNK), this.#chunkOffset(position, c));
    const lane = position % GROUP;
    new Float32Array(buffer, this.#chunkOffset(position - lane, this.#dimension), GROUP)[lane] = scale;
    this.#scales[position] = scale;
  }

  /** The byte offset of the chunk of a row's components that begins with component `c`. */
  #chunkOffset(position: number, c: number): number {
    const lane = position % GROUP;
    return this.#rowsOffset + ((position - lane) / GROUP) * this.#groupBytes + c * GROUP + lane * CHUNK;
  }

  /** Checks a position, because a write outside the rows would silently corrupt other data. */
  #check(position: number): void {
    if (!(position >= 0 && position < this.#size))
      throw new RangeError(`The index has no row at position ${position}; it has ${this.#size} rows.`);
  }
}
