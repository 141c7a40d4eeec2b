import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as v from "valibot";

/** Two pictures (absolute paths), and whether they are of one person. */
export interface LabelledPair {
  a: string;
  b: string;
  same: boolean;
}

/** Pictures (absolute paths) by who is in them: people with several, and strangers with one each. */
export interface People {
  enrolled: string[][];
  strangers: string[];
}

/** A CSV file with the header a,b,same: two paths below `images`, and 1 or 0. */
export async function readPairs(file: string, images: string): Promise<LabelledPair[]> {
  const [header, ...lines] = (await readFile(file, "utf8")).trimEnd().split(/\r?\n/);
  if (header !== "a,b,same") throw new SyntaxError(`${file} does not begin with the header a,b,same.`);
  return lines.map((line, i) => {
    const match = /^([^,]+),([^,]+),([01])$/.exec(line);
    if (!match) throw new SyntaxError(`${file}, line ${i + 2}: not a pair: ${line}`);
    const [, a, b, same] = match;
    return { a: resolve(images, a!), b: resolve(images, b!), same: same === "1" };
  });
}

const INDEX = v.object({ people: v.record(v.string(), v.array(v.string())) });

/**
 * Of a folder with `index.json` ({ "people": { name: [paths] } }) and `distractors.txt` (a path a line, each of somebody else
 * who is not in the index). Paths are relative to the folder.
 */
export async function readPeople(folder: string): Promise<People> {
  const read = (name: string) => readFile(resolve(folder, name), "utf8");
  const { people } = v.parse(INDEX, JSON.parse(await read("index.json")));
  const strangers = (await read("distractors.txt")).split(/\r?\n/).filter((line) => line !== "");
  const absolute = (path: string) => resolve(folder, path);
  return {
    enrolled: Object.values(people).map((paths) => paths.map(absolute)),
    strangers: strangers.map(absolute),
  };
}

/** At most `limit` pairs, as many of either kind. */
export function fewerPairs(pairs: readonly LabelledPair[], limit: number): LabelledPair[] {
  const half = (kind: boolean, count: number) =>
    spread(
      pairs.filter(({ same }) => same === kind),
      count,
    );
  return [...half(true, Math.ceil(limit / 2)), ...half(false, Math.floor(limit / 2))];
}

/** At most `limit` people, and as many strangers. */
export function fewerPeople({ enrolled, strangers }: People, limit: number): People {
  return { enrolled: spread(enrolled, limit), strangers: spread(strangers, limit) };
}

/** At most `limit` items from all over a list: the first ones of a sorted list would be relatives and countrymen. */
function spread<T>(items: readonly T[], limit: number): T[] {
  const count = Math.min(limit, items.length);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
