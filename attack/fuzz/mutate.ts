import type { Random } from "./random.ts";

/** Bytes that have a special meaning in JSON, GraphQL, HTTP, JPEG or UTF-8, or that look like a large length. */
const SPECIAL_BYTES = [
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
const MAX_PIECE = 64;

/** Applies one to four random mutations: flip, cut, remove, repeat, insert, overwrite or move bytes. */
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
      case 1: // truncate
        mutated = mutated.subarray(0, at);
        break;
      case 2: // remove a piece
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + random.int(MAX_PIECE))]);
        break;
      case 3: {
        // repeat
        const piece = mutated.subarray(at, at + 1 + random.int(MAX_PIECE));
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
          Buffer.from(random.pick(SPECIAL_BYTES), "latin1"),
          mutated.subarray(at),
        ]);
        break;
      case 5: // overwrite
        mutated.set(Buffer.from(random.pick(SPECIAL_BYTES), "latin1").subarray(0, mutated.length - at), at);
        break;
      default: // swap the beginning and the end
        mutated = Buffer.concat([mutated.subarray(at), mutated.subarray(0, at)]);
    }
  }
  return mutated;
}

/** The beginning of `a` followed by the end of `b`. */
export function splice(a: Buffer, b: Buffer, random: Random): Buffer {
  return Buffer.concat([a.subarray(0, random.int(a.length + 1)), b.subarray(random.int(b.length + 1))]);
}
