import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GraphQLSchema } from "graphql";
import { ROOT } from "../../cli/state.ts";
import { executableSchema } from "../../workers/graphql/executable-schema.ts";
import { multipart, type Part } from "../multipart.ts";
import { type Operation, randomOperation } from "./documents.ts";
import { mutateBytes, splice } from "./mutate.ts";
import { type Random, seededRandom } from "./random.ts";
import { type KnownIds, randomJson } from "./values.ts";

/** What an input mutates. */
export type Kind = "json" | "multipart" | "graphql" | "picture";

/** An HTTP request. */
export interface Input {
  kind: Kind;
  /** The API key that is used: a name in `Senders`. */
  sender: keyof Senders;
  headers: Record<string, string>;
  body: Buffer;
}

/** Authorization headers. If one is empty, no header is sent. */
export interface Senders {
  admin: string;
  verifier: string;
  unknown: string;
  withoutKey: string;
}

/** Probability of each kind. Most inputs must be cheap: to process a picture takes a hundred times as long as to refuse a request. */
const SHARES: readonly [Kind, number][] = [
  ["graphql", 0.45],
  ["json", 0.33],
  ["multipart", 0.18],
  ["picture", 0.04],
];
const SENDERS: readonly [keyof Senders, number][] = [
  ["admin", 0.88],
  ["verifier", 0.05],
  ["unknown", 0.03],
  ["withoutKey", 0.04],
];
/** Larger pictures take too long to process. */
const MAX_FIXTURE_BYTES = 60_000;

const CONTENT_TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/graphql-response+json",
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/graphql",
  "APPLICATION/JSON",
  "multipart/form-data",
  "",
];
const ACCEPTS = ["application/json", "application/graphql-response+json", "*/*", "text/html", "multipart/mixed"];

/** Returns a function from an index to an input. The same seed, index and known ids give the same bytes. */
export function createInputs(seed: number, known: KnownIds): (index: number) => Input {
  const schema = executableSchema();
  const pictures = readFixtures();
  return (index) => {
    const random = seededRandom(seed, index);
    const kind = pickWeighted(SHARES, random);
    const sender = pickWeighted(SENDERS, random);
    const accept = random.chance(0.9) ? "application/json" : random.pick(ACCEPTS);
    const { headers, body } = GENERATORS[kind]({ schema, known, pictures, random });
    return { kind, sender, headers: { accept, ...headers }, body };
  };
}

interface Materials {
  schema: GraphQLSchema;
  known: KnownIds;
  pictures: Buffer[];
  random: Random;
}

type Request = Pick<Input, "headers" | "body">;

const GENERATORS: Record<Kind, (materials: Materials) => Request> = {
  graphql({ schema, known, random }) {
    const { query, variables } = randomOperation(schema, random, known);
    const mutated = random.chance(0.4) ? mutateBytes(Buffer.from(query), random).toString() : query;
    return json({ query: mutated, variables });
  },

  json({ schema, known, random }) {
    const request: Record<string, unknown> = { ...randomOperation(schema, random, known) };
    for (let times = random.int(3); times > 0; times--)
      request[random.pick(["query", "variables", "operationName", "extensions", "id", "__proto__"])] = randomJson(
        random,
        4,
      );
    const requestOrList: unknown = random.chance(0.05)
      ? [request, request]
      : random.chance(0.03)
        ? randomJson(random, 5)
        : request;
    const { headers, body } = json(requestOrList);
    return {
      headers: random.chance(0.85) ? headers : { "content-type": random.pick(CONTENT_TYPES) },
      body: random.chance(0.6) ? mutateBytes(body, random) : body,
    };
  },

  multipart({ schema, known, random }) {
    const operation = random.chance(0.5) ? UPLOAD : randomOperation(schema, random, known);
    const map = random.chance(0.5) ? { 0: ["variables.image"] } : randomMap(random);
    let parts: Part[] = [
      { name: "operations", content: jsonText(operation, random) },
      { name: "map", content: jsonText(map, random) },
      { name: "0", content: "not a picture", fileName: "a" },
    ];
    if (random.chance(0.2)) parts = parts.toReversed();
    if (random.chance(0.2)) parts.splice(random.int(parts.length), 1);
    if (random.chance(0.2))
      parts.push(random.pick(parts), { name: random.pick(["1", "operations", "", "map", "\0"]), content: "x" });
    const { headers, body } = multipart(parts);
    return { headers, body: random.chance(0.5) ? mutateBytes(body, random) : body };
  },

  picture({ pictures, random }) {
    const one = random.pick(pictures);
    const picture = random.chance(0.2) ? splice(one, random.pick(pictures), random) : mutateBytes(one, random);
    return multipart([
      { name: "operations", content: JSON.stringify(UPLOAD) },
      { name: "map", content: '{"0":["variables.image"]}' },
      { name: "0", content: picture, fileName: "picture" },
    ]);
  },
};

const UPLOAD: Operation = {
  query:
    "mutation($image: Upload!) { detect(image: { upload: $image }, maxFaces: 1) { __typename ... on Detection { width height faces { quality } } ... on BadImage { reason } } }",
  variables: { image: null },
};

const json = (value: unknown): Request => ({
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(value) ?? ""),
});

const jsonText = (value: unknown, random: Random): string =>
  JSON.stringify(random.chance(0.1) ? randomJson(random, 4) : value) ?? "";

const randomMap = (random: Random): unknown =>
  Object.fromEntries(
    Array.from({ length: 1 + random.int(3) }, (_, i) => [
      String(i),
      Array.from({ length: random.int(3) }, () =>
        random.pick([
          "variables.image",
          "variables.v0",
          "variables.v0.input",
          "variables.image.0",
          `variables.image.${random.pick([0, 1, 99, 1_000_000, 4_294_967_294, -1])}`,
          "variables",
          "query",
          "__proto__.x",
          "variables.__proto__.x",
          "",
          "0.variables.image",
        ]),
      ),
    ]),
  );

function pickWeighted<T>(shares: readonly [T, number][], random: Random): T {
  let left = random.int(1_000) / 1_000;
  for (const [value, share] of shares) {
    left -= share;
    if (left < 0) return value;
  }
  return shares[0]![0];
}

/** The pictures of the test fixtures, including the hostile ones, sorted by name. */
function readFixtures(): Buffer[] {
  const folder = join(ROOT, "test/fixtures");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(jpe?g|png|webp|gif)$/.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).size <= MAX_FIXTURE_BYTES)
    .map((path) => readFileSync(path));
}
