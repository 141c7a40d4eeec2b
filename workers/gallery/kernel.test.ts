import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { squaredDistance, squaredDistanceOf } from "../matching/distance.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { buildKernel, KERNEL_PATH } from "./kernel/build.ts";
import { createIndex, type NearRow, type SearchOptions, type VectorIndex } from "./kernel.ts";

let wasm: WebAssembly.Module;
beforeAll(async () => {
  await buildKernel();
  wasm = await WebAssembly.compile(await readFile(KERNEL_PATH));
});

/** Any int8 vector, including −128, which no template contains. The scale is that of a template. */
const anyTemplate = (dimension: number): fc.Arbitrary<FaceTemplate> =>
  fc
    .oneof(
      fc.int8Array({ minLength: dimension, maxLength: dimension }),
      fc.constantFrom(-128, -127, 127, 1).map((v) => new Int8Array(dimension).fill(v)),
    )
    .map((vector) => ({ modelId: "m", vector, scale: 1 / (Math.hypot(...vector) || 1) }));

const anyDimension = fc.constantFrom(16, 48, 192, 512);

/** Computes the expected result of a search, exact to the last bit, by sorting all rows by {@link squaredDistance}. */
function bruteForce(
  rows: readonly FaceTemplate[],
  query: FaceTemplate,
  k: number,
  options: SearchOptions = {},
): NearRow[] {
  const seen = new Set<string | number>();
  return rows
    .map((row, position) => ({ position, distance: squaredDistance(row, query) }))
    .filter(({ distance }) => distance <= (options.maxDistance ?? 4))
    .sort((a, b) => a.distance - b.distance || a.position - b.position)
    .filter(({ position }) => {
      const group = options.group?.(position) ?? position;
      return !seen.has(group) && seen.add(group);
    })
    .slice(0, k);
}

function indexWith(rows: readonly FaceTemplate[], dimension: number): VectorIndex {
  const index = createIndex(wasm, dimension);
  for (const { vector, scale } of rows) index.add(vector, scale);
  return index;
}

test("a search returns the same result as comparing the query with each template", () => {
  const anySearch = anyDimension.chain((dimension) =>
    fc.record({
      dimension: fc.constant(dimension),
      rows: fc.array(anyTemplate(dimension), { maxLength: 40 }),
      queries: fc.array(anyTemplate(dimension), { maxLength: 4 }),
      k: fc.integer({ min: 0, max: 12 }),
      maxDistance: fc.option(fc.double({ min: 0, max: 4, noNaN: true }).map(squaredDistanceOf), { nil: undefined }),
      groups: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
    }),
  );
  fc.assert(
    fc.property(anySearch, ({ dimension, rows, queries, k, maxDistance, groups }) => {
      const group = groups ? (position: number) => `subject ${(position * 7) % groups}` : undefined;
      const found = indexWith(rows, dimension).search(queries, k, { maxDistance, group });
      expect(found).toEqual(queries.map((query) => bruteForce(rows, query, k, { maxDistance, group })));
    }),
    { numRuns: 300 },
  );
});

test("the largest possible dot products do not overflow", () => {
  const row = { modelId: "m", vector: new Int8Array(512).fill(-128), scale: 1 / (128 * Math.sqrt(512)) };
  const opposite = { ...row, vector: new Int8Array(512).fill(127), scale: 1 / (127 * Math.sqrt(512)) };
  for (const query of [row, opposite]) {
    expect(indexWith([row, opposite], 512).search([query], 2)).toEqual([bruteForce([row, opposite], query, 2)]);
  }
  expect(squaredDistance(row, row)).toBeCloseTo(0, 12);
  expect(squaredDistance(row, opposite)).toBeCloseTo(4, 12);
});

/** Pseudo-random templates. Faster than fast-check for thousands of rows. The linear congruential generator of Numerical Recipes. */
function manyTemplates(count: number, dimension: number): FaceTemplate[] {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >> 24;
  };
  return Array.from({ length: count }, () => {
    const vector = Int8Array.from({ length: dimension }, next);
    return { modelId: "m", vector, scale: 1 / Math.hypot(...vector) };
  });
}

test("a search over many kernel calls covers all rows and returns the first of equally near rows", () => {
  const rows = manyTemplates(3001, 64);
  const doubled = [...rows, ...rows];
  const index = indexWith(doubled, 64);
  const queries = manyTemplates(3, 64).concat(rows[3000]!);
  expect(index.search(queries, 10)).toEqual(queries.map((query) => bruteForce(doubled, query, 10)));
  expect(index.search(queries, 7, { group: (p) => p % 100 })).toEqual(
    queries.map((query) => bruteForce(doubled, query, 7, { group: (p) => p % 100 })),
  );
});

test("after any sequence of changes the rows equal those of an array with the same changes", () => {
  const templates = manyTemplates(64, 32);
  const anyChange = fc.record({
    verb: fc.constantFrom("add", "add", "add", "set", "move", "removeLast", "reserve"),
    a: fc.nat(1e6),
    b: fc.nat(1e6),
  });
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 400 }), fc.nat(63), (changes, probe) => {
      const index = createIndex(wasm, 32);
      const array: FaceTemplate[] = [];
      for (const { verb, a, b } of changes) {
        const template = templates[a % templates.length]!;
        if (verb === "add") expect(index.add(template.vector, template.scale)).toBe(array.push(template) - 1);
        if (verb === "reserve") index.reserve(a % 1000);
        if (array.length === 0) continue;
        const [from, to] = [a % array.length, b % array.length];
        if (verb === "set") index.set(to, template.vector, template.scale);
        if (verb === "set") array[to] = template;
        if (verb === "move") index.move(from, to);
        if (verb === "move") array[to] = array[from]!;
        if (verb === "removeLast") index.removeLast();
        if (verb === "removeLast") array.pop();
      }
      expect(index.size).toBe(array.length);
      expect(index.search([templates[probe]!], 10)).toEqual([bruteForce(array, templates[probe]!, 10)]);
    }),
  );
});

test("invalid positions and vectors of the wrong length are refused", () => {
  const index = indexWith(manyTemplates(1, 32), 32);
  const row = new Int8Array(32);
  expect(() => index.set(1, row, 1)).toThrow(RangeError);
  expect(() => index.move(0, 1)).toThrow(RangeError);
  expect(() => index.add(new Int8Array(16), 1)).toThrow(RangeError);
  expect(() => index.search([{ modelId: "m", vector: new Int8Array(16), scale: 1 }], 1)).toThrow(RangeError);
  expect(() => createIndex(wasm, 100)).toThrow("multiple of 16");
  index.removeLast();
  expect(() => index.removeLast()).toThrow(RangeError);
});
