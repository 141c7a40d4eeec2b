import type { AttackContext } from "../attack-context.ts";
import { type HostileResponse, sendHostile } from "../hostile-request.ts";
import { multipart, type Part } from "../multipart.ts";
import type { Attack } from "./attack.ts";

/** A mutation with a list in its variables. If it were executed, it would create a key. */
const LIST = 'mutation($s: [Scope!]!) { createApiKey(input: { name: "x", scopes: $s }) { __typename } }';
const INPUT = "mutation($i: OptimizeStyleInput!) { optimizeStyle(input: $i) { __typename } }";

/** The request is refused while it is parsed, or when the variables are coerced. */
const REFUSED = ["400 BAD_REQUEST", "413 REQUEST_ENTITY_TOO_LARGE", "400 BAD_USER_INPUT", "200 BAD_USER_INPUT"];

const bearer = ({ attacker }: AttackContext) => ({ authorization: `Bearer ${attacker.key}` });

const sendJson = async (context: AttackContext, body: string): Promise<HostileResponse[]> => [
  await sendHostile(context.target.url, { headers: bearer(context), body }),
];

const sendParts = async (context: AttackContext, form: Iterable<Part>): Promise<HostileResponse[]> => {
  const { headers, body } = multipart(form);
  return [await sendHostile(context.target.url, { headers: { ...headers, ...bearer(context) }, body })];
};

/** A multipart request that maps one file to paths of the variables. */
const mapFile = (paths: string[], variables: unknown = { s: [] }): Part[] => [
  { name: "operations", content: JSON.stringify({ query: LIST, variables }) },
  { name: "map", content: JSON.stringify({ 0: paths }) },
  { name: "0", content: "file", fileName: "a" },
];

const repeated = (text: string, times: number) => Array.from({ length: times }, () => text).join(",");

/** Variables that are small to send and expensive to parse. */
export const VARIABLES: readonly Attack[] = [
  {
    name: "variables: multipart index 4294967294",
    expected: REFUSED,
    run: (context) => sendParts(context, mapFile(["variables.s.4294967294"])),
  },
  {
    name: "variables: multipart index 50000000",
    expected: REFUSED,
    run: (context) => sendParts(context, mapFile(["variables.s.50000000"])),
  },
  {
    name: "variables: multipart path of 100,000 segments",
    expected: REFUSED,
    run: (context) => sendParts(context, mapFile([`variables${".s".repeat(100_000)}`])),
  },
  {
    name: "variables: one file at 100,000 paths",
    expected: REFUSED,
    run: (context) => sendParts(context, mapFile(Array.from({ length: 100_000 }, (_, i) => `variables.s.${i}`))),
  },
  {
    name: "variables: multipart path to __proto__",
    expected: REFUSED,
    run: (context) =>
      sendParts(context, mapFile(["variables.__proto__.polluted", "__proto__.polluted", "constructor.prototype.x"])),
  },
  {
    name: "variables: 20,000 multipart parts",
    expected: REFUSED,
    run: (context) =>
      sendParts(context, [
        ...mapFile(["variables.s.0"]),
        ...Array.from({ length: 20_000 }, (_, i) => ({ name: String(i + 1), content: "x", fileName: "x" })),
      ]),
  },
  {
    name: "variables: list of 500,000 bad items",
    expected: REFUSED,
    run: (context) =>
      sendJson(context, `{"query":${JSON.stringify(LIST)},"variables":{"s":[${repeated("1", 500_000)}]}}`),
  },
  {
    name: "variables: list of 500,000 good items",
    expected: REFUSED,
    run: (context) =>
      sendJson(context, `{"query":${JSON.stringify(LIST)},"variables":{"s":[${repeated('"VERIFY"', 500_000)}]}}`),
  },
  {
    name: "variables: 500,000 unknown fields of an input",
    expected: REFUSED,
    run: (context) => {
      const fields = Array.from({ length: 500_000 }, (_, i) => `"f${i}":1`).join(",");
      return sendJson(context, `{"query":${JSON.stringify(INPUT)},"variables":{"i":{${fields}}}}`);
    },
  },
  {
    name: "variables: lists 200,000 deep",
    expected: REFUSED,
    run: (context) =>
      sendJson(
        context,
        `{"query":${JSON.stringify(LIST)},"variables":{"s":${"[".repeat(200_000)}${"]".repeat(200_000)}}}`,
      ),
  },
  {
    name: "variables: a number of five million digits",
    expected: REFUSED,
    run: (context) =>
      sendJson(
        context,
        `{"query":"query($n: Int) { collections(first: $n) { totalCount } }","variables":{"n":${"9".repeat(5_000_000)}}}`,
      ),
  },
  {
    name: "variables: an id of 10 MB",
    expected: [...REFUSED, "200"],
    run: (context) =>
      sendJson(
        context,
        `{"query":"query($id: ID!) { collection(id: $id) { name } }","variables":{"id":"${"x".repeat(10_000_000)}"}}`,
      ),
  },
];
