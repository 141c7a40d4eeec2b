import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";
import type { Random } from "./random.ts";

/** Ids that exist on the server. Without them every answer would be NotFound. */
export interface KnownIds {
  ids: readonly string[];
}

const NUMBERS = [0, 1, 2, 25, 100, 101, -1, 0.5, 1e-7, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, 1e300, -0];
const TEXTS = [
  "",
  " ",
  "name",
  "Ann",
  "\u0000",
  "\ud800",
  "e\u0301",
  "\u202e right to left",
  "👩‍👩‍👧‍👦",
  "'; drop table subjects; --",
  "{{7*7}}",
  "x".repeat(200),
  "x".repeat(201),
  "é".repeat(5_000),
  "NaN",
  "null",
  "__proto__",
];
const IDS = [
  "",
  "x",
  "col_",
  `col_${"0".repeat(26)}`,
  `sub_${"7".repeat(26)}`,
  "tpl_8zzzzzzzzzzzzzzzzzzzzzzzzz",
  "🙂",
  "x".repeat(5_000),
];
/** The server must fetch from none of these: they are loopback or private addresses, or no addresses. */
const ADDRESSES = [
  "https://127.0.0.1/",
  "http://localhost/",
  "https://localhost../",
  "https://10.0.0.1/a.jpg",
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://0x7f.1/",
  "https://user:password@192.168.0.1/",
  "https://169.254.169.254/latest/meta-data",
  "ftp://10.0.0.1/",
  "data:image/png;base64,AAAA",
  "javascript:alert(1)",
  "https://",
  "not an address",
];
const DATE_TIMES = [
  "2026-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
  "2026-13-45T99:99:99Z",
  "0",
  "",
  "-271821-04-20T00:00:00.000Z",
];
/** A PNG of one pixel, and strings that are no pictures. */
const PICTURES = [
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg==",
  "",
  "AAAA",
  "data:image/jpeg;base64,/9j/",
  "data:;base64,",
  "%%%",
  "iVBORw0KGgo=\r\n",
];

/** A random value for an input type: usually a valid one, often an edge case, sometimes any JSON value. */
export function randomValue(type: GraphQLInputType, random: Random, known: KnownIds, depth = 0): unknown {
  if (random.chance(0.03)) return randomJson(random, 3);
  if (isNonNullType(type)) return randomValue(type.ofType, random, known, depth);
  if (depth > 0 && random.chance(0.1)) return null;
  if (isListType(type)) {
    const length = random.chance(0.02) ? 500 : random.int(4);
    return Array.from({ length }, () => randomValue(type.ofType, random, known, depth + 1));
  }
  if (isEnumType(type)) return random.chance(0.95) ? random.pick(type.getValues()).name : "NO_SUCH_VALUE";
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const chosen = type.isOneOf
      ? [random.pick(fields), ...(random.chance(0.05) ? [random.pick(fields)] : [])]
      : fields.filter((field) => (isNonNullType(field.type) ? random.chance(0.97) : random.chance(0.4)));
    return Object.fromEntries(chosen.map((field) => [field.name, randomValue(field.type, random, known, depth + 1)]));
  }
  switch (type.name) {
    case "Int":
    case "Float":
      return random.pick(NUMBERS);
    case "Boolean":
      return random.chance(0.5);
    case "ID":
      return random.pick(random.chance(0.6) ? known.ids : IDS);
    case "URL":
      return random.pick(ADDRESSES);
    case "DateTime":
      return random.pick(DATE_TIMES);
    case "Upload":
      return null;
    default:
      return random.pick(random.chance(0.2) ? PICTURES : TEXTS);
  }
}

/** A random JSON value. */
export function randomJson(random: Random, depth: number): unknown {
  switch (random.int(depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return random.pick(TEXTS);
    case 4:
      return random.pick(IDS);
    case 5:
      return Array.from({ length: random.int(4) }, () => randomJson(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.int(4) }, () => [random.pick(TEXTS), randomJson(random, depth - 1)]),
      );
  }
}
