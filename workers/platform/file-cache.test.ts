import { expect, test } from "vitest";
import { createFileCache } from "./file-cache.ts";

function counted() {
  const reads: string[] = [];
  const file = (name: string, bytes: number) => async () => {
    reads.push(name);
    return new Uint8Array(bytes);
  };
  return { reads, file };
}

test("a file is read once, and again after eviction; the least recently used file is evicted first", async () => {
  const { reads, file } = counted();
  const cache = createFileCache(100);
  for (const name of ["a", "b", "a", "c", "a", "b"]) await cache.get(name, file(name, 40));
  expect(reads).toEqual(["a", "b", "c", "b"]);
});

test("a file larger than the cache is read each time, and does not evict other files for good", async () => {
  const { reads, file } = counted();
  const cache = createFileCache(100);
  await cache.get("huge", file("huge", 101));
  await cache.get("huge", file("huge", 101));
  await cache.get("a", file("a", 100));
  await cache.get("a", file("a", 100));
  expect(reads).toEqual(["huge", "huge", "a"]);
});

test("a failed read is not cached, and two simultaneous reads of one file count its size once", async () => {
  const { reads, file } = counted();
  const cache = createFileCache(100);
  await expect(cache.get("a", () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  await Promise.all([cache.get("a", file("a", 60)), cache.get("a", file("a", 60))]);
  await cache.get("b", file("b", 40));
  await cache.get("a", file("a", 60));
  expect(reads.filter((name) => name === "a")).toHaveLength(2);
});
