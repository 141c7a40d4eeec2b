import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_DEPTH, MAX_ITEMS, MAX_VALUES, readJson } from "./json.ts";

test("JSON within the limits is parsed, and invalid JSON refused, as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      expect(readJson(text)).toEqual(JSON.parse(text));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'[]{},:"\\ 1a'.split("")) }), (text) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expect(() => readJson(text)).toThrow(SyntaxError);
        return;
      }
      expect(readJson(text)).toEqual(expected);
    }),
  );
});

test("the content of strings does not count, also with escapes", () => {
  const text = JSON.stringify({ a: `${"[,".repeat(5_000)}\\"`, b: '\\"[[[', c: "\\\\" });
  expect(readJson(text)).toEqual(JSON.parse(text));
});

const listOf = (n: number) => `[${"1,".repeat(n - 1)}1]`;
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test("values at each limit are accepted and values above it are refused", () => {
  expect(readJson(listOf(MAX_ITEMS))).toHaveLength(MAX_ITEMS);
  expect(() => readJson(listOf(MAX_ITEMS + 1))).toThrow(`more than ${MAX_ITEMS} items`);
  expect(readJson(nested(MAX_DEPTH))).toHaveLength(1);
  expect(() => readJson(nested(MAX_DEPTH + 1))).toThrow(`more than ${MAX_DEPTH} levels deep`);
  const values = (n: number) => `[${Array(n).fill(listOf(MAX_ITEMS)).join(",")}]`;
  expect(readJson(values(MAX_VALUES / MAX_ITEMS - 1))).toHaveLength(MAX_VALUES / MAX_ITEMS - 1);
  expect(() => readJson(values(MAX_VALUES / MAX_ITEMS + 1))).toThrow(`more than ${MAX_VALUES} values`);
  expect(() => readJson(`["${'\\"'.repeat(50_000)}"]`)).toThrow("too many quotation marks");
});
