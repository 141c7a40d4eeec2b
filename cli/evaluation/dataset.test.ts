import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { limitPairs, limitPeople, readPairs, readPeople } from "./dataset.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "semblance-dataset-"));
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

test("paths in the pairs file are relative to the folder", async () => {
  const list = await file("pairs.csv", "a,b,same\r\nx/1.jpg,x/2.jpg,1\r\nx/1.jpg,y/1.jpg,0\r\n");
  expect(await readPairs(list, "/pictures")).toEqual([
    { a: "/pictures/x/1.jpg", b: "/pictures/x/2.jpg", same: true },
    { a: "/pictures/x/1.jpg", b: "/pictures/y/1.jpg", same: false },
  ]);
});

test("an invalid pairs file is rejected with the number of the invalid line", async () => {
  await expect(readPairs(await file("no-header.csv", "x,y,1\n"), folder)).rejects.toThrow("header a,b,same");
  await expect(readPairs(await file("wrong.csv", "a,b,same\nx,y,1\nx,y,yes\n"), folder)).rejects.toThrow("line 3");
});

test("people are read from index.json, strangers from distractors.txt", async () => {
  await file("index.json", JSON.stringify({ people: { ann: ["a1.jpg", "a2.jpg"], bob: ["b1.jpg"] } }));
  await file("distractors.txt", "c.jpg\nd.jpg\n");
  const below = (name: string) => join(folder, name);
  expect(await readPeople(folder)).toEqual({
    enrolled: [[below("a1.jpg"), below("a2.jpg")], [below("b1.jpg")]],
    strangers: [below("c.jpg"), below("d.jpg")],
  });
});

test("limits keep equally many genuine and impostor pairs, and people from the whole list", () => {
  const pairs = Array.from({ length: 20 }, (_, i) => ({ a: `${i}`, b: "", same: i < 10 }));
  expect(limitPairs(pairs, 5).map(({ a }) => a)).toEqual(["0", "3", "6", "10", "15"]);
  expect(limitPairs(pairs, Number.POSITIVE_INFINITY)).toEqual(pairs);
  const strangers = Array.from({ length: 9 }, (_, i) => `${i}`);
  expect(limitPeople({ enrolled: [["x"]], strangers }, 3)).toEqual({ enrolled: [["x"]], strangers: ["0", "3", "6"] });
});
