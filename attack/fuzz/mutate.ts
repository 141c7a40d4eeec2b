import type { Random } from "./random.ts";

/** Bytes that end or stretch what they are put into: lengths, quotes, braces, markers. */
const STRIKING = [
  "\0",
  "\xff",
  "\xff\xff\xff\xff",
  "\x7f\xff\xff\xff",
  '"',
  "\\",
  "{",
  "}",
  "[",
  "$",
  "...",
  "#",
  "\r\n",
  "\xff\xd8\xff",
  "\xed\xa0\x80",
];
const MOST_ADDED = 64;

/** Flips, cuts, repeats, overwrites and inserts: a few times, anywhere. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let mutated = Buffer.from(bytes);
  for (let times = 1 + random.int(4); times > 0; times--) {
    const at = random.int(mutated.length + 1);
    switch (random.int(7)) {
      case 0: // flip bits
        for (let flips = 1 + random.int(8); flips > 0 && mutated.length > 0; flips--) {
          const byte = random.int(mutated.length);
          mutated[byte] = mutated[byte]! ^ (1 << random.int(8));
        }
        break;
      case 1: // cut off
        mutated = mutated.subarray(0, at);
        break;
      case 2: // leave out
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + random.int(MOST_ADDED))]);
        break;
      case 3: {
        // repeat
        const piece = mutated.subarray(at, at + 1 + random.int(MOST_ADDED));
        mutated = Buffer.concat([
          mutated.subarray(0, at),
          ...Array.from({ length: 1 + random.int(20) }, () => piece),
          mutated.subarray(at),
        ]);
        break;
      }
      case 4: // insert
        mutated = Buffer.concat([
          mutated.subarray(0, at),
          Buffer.from(random.pick(STRIKING), "latin1"),
          mutated.subarray(at),
        ]);
        break;
      case 5: // overwrite
        mutated.set(Buffer.from(random.pick(STRIKING), "latin1").subarray(0, mutated.length - at), at);
        break;
      default: // put one piece elsewhere
        mutated = Buffer.concat([mutated.subarray(at), mutated.subarray(0, at)]);
    }
  }
  return mutated;
}

/** The beginning of one and the end of another. */
export function splice(a: Buffer, b: Buffer, random: Random): Buffer {
  return Buffer.concat([a.subarray(0, random.int(a.length + 1)), b.subarray(random.int(b.length + 1))]);
}
