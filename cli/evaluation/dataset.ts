import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as v from "valibot";
import { toUserError } from "../user-error.ts";

/** Two pictures (absolute paths), and whether they show the same person. */
export interface LabeledPair {
  a: string;
  b: string;
  same: boolean;
}

/** Pictures (absolute paths) by person: enrolled people with several pictures, and strangers with one each. */
export interface People {
  enrolled: string[][];
  strangers: string[];
}

/** Reads a CSV file with the header a,b,same: two paths relative to `images`, and 1 or 0. */
export async function readPairs(file: string, images: string): Promise<LabeledPair[]> {
  const [header, ...lines] = (await readText(file)).trimEnd().split(/\r?\n/);
  if (header !== "a,b,same")
    throw new SyntaxError(`${file} does not start with the header a,b,same. Add it as the first line.`);
  return lines.map((line, i) => {
    const match = /^([^,]+),([^,]+),([01])$/.exec(line);
    if (!match)
      throw new SyntaxError(
        `${file}, line ${i + 2} is not a pair: ${line}. Use two paths and 1 or 0, separated by commas.`,
      );
    const [, a, b, same] = match;
    return { a: resolve(images, a!), b: resolve(images, b!), same: same === "1" };
  });
}

const readText = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((error) => {
    throw toUserError(file, error);
  });

const INDEX = v.object({ people: v.record(v.string(), v.array(v.string())) });

/**
 * Reads a folder with `index.json` ({ "people": { name: [paths] } }) and `distractors.txt` (one path a line, each of a different
 * person who is not in the index). Paths are relative to the folder.
 */
export async function readPeople(folder: string): Promise<People> {
  const read = (name: string) => readText(resolve(folder, name));
  const { people } = v.parse(INDEX, JSON.parse(await read("index.json")));
  const strangers = (await read("distractors.txt")).split(/\r?\n/).filter((line) => line !== "");
  const absolute = (path: string) => resolve(folder, path);
  return {
    enrolled: Object.values(people).map((paths) => paths.map(absolute)),
    strangers: strangers.map(absolute),
  };
}

/** At most `limit` pairs: half genuine, half impostor. */
export function limitPairs(pairs: readonly LabeledPair[], limit: number): LabeledPair[] {
  const half = (kind: boolean, count: number) =>
    evenlySpaced(
      pairs.filter(({ same }) => same === kind),
      count,
    );
  return [...half(true, Math.ceil(limit / 2)), ...half(false, Math.floor(limit / 2))];
}

/** At most `limit` people and at most `limit` strangers. */
export function limitPeople({ enrolled, strangers }: People, limit: number): People {
  return { enrolled: evenlySpaced(enrolled, limit), strangers: evenlySpaced(strangers, limit) };
}

/** At most `limit` items, evenly spaced over the list. The first names of a sorted list would over-represent families and countries. */
function evenlySpaced<T>(items: readonly T[], limit: number): T[] {
  const count = Math.min(limit, items.length);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
