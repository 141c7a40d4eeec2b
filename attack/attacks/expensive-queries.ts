import { setTimeout as later } from "node:timers/promises";
import type { AttackContext } from "../attack-context.ts";
import { type HostileRequest, type HostileResponse, sendHostile } from "../hostile-request.ts";
import { upload } from "../multipart.ts";
import type { Attack } from "./attack.ts";

const IDENTIFIED = "200 Identification";
const TOO_LONG = ["400 TOO_MANY_TOKENS", "200 TOO_MANY_TOKENS", "400 QUERY_TOO_LONG", "200 QUERY_TOO_LONG"];
const TOO_EXPENSIVE = ["400 QUERY_TOO_EXPENSIVE", "200 QUERY_TOO_EXPENSIVE"];

const identify = (input: string, subject: string) => /* GraphQL */ `
  mutation Identify($collection: ID!, $probe: Upload!) {
    identify(input: { collectionId: $collection, probe: { upload: $probe }, ${input} }) {
      __typename
      ... on Identification { faces { candidates { distance ${subject} } } }
    }
  }`;

async function identifyCrowd(
  context: AttackContext,
  query: string,
  rest: Partial<HostileRequest> = {},
): Promise<HostileResponse[]> {
  const { target, attacker, collectionId } = context;
  const { headers, body } = upload(query, { collection: collectionId, probe: null }, "variables.probe", context.crowd);
  const authorization = `Bearer ${attacker.key}`;
  return [await sendHostile(target.url, { headers: { ...headers, authorization }, body, ...rest })];
}

const sendQuery = async (
  { target, attacker }: AttackContext,
  query: string,
  variables: unknown = {},
): Promise<HostileResponse[]> => [
  await sendHostile(target.url, {
    headers: { authorization: `Bearer ${attacker.key}` },
    body: JSON.stringify({ query, variables }),
  }),
];

const ALL_FIELDS = "subject { id templates { edges { node { id } } } collection { id subjectCount } }";

/** Fragments that double at each level: n lines that expand to 2ⁿ fields. */
function doubling(levels: number): string {
  const fragments = Array.from(
    { length: levels },
    (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`,
  ).join("\n");
  return `query { ...f0 ...f0 }\n${fragments}\nfragment f${levels} on Query { viewer { scopes } }`;
}

/** Requests whose parts are allowed, and that cause more work than their cost says. */
export const EXPENSIVE_QUERIES: readonly Attack[] = [
  {
    name: "prices: 100 faces × 100 candidates with all of each",
    expected: TOO_EXPENSIVE,
    run: (context) =>
      identifyCrowd(context, identify("targetFpir: 0.9, maxFaces: 100, maxCandidates: 100", ALL_FIELDS)),
  },
  {
    name: "prices: 100 faces × 10 candidates with their names",
    expected: [IDENTIFIED, ...TOO_EXPENSIVE],
    run: (context) =>
      identifyCrowd(context, identify("targetFpir: 0.9, maxFaces: 100, maxCandidates: 10", "subject { name }")),
  },
  {
    name: "prices: null for the numbers of faces and candidates",
    expected: [IDENTIFIED],
    run: (context) => identifyCrowd(context, identify("maxFaces: null, maxCandidates: null", "subject { id }")),
  },
  {
    name: "prices: three identifications under aliases",
    expected: [IDENTIFIED, ...TOO_EXPENSIVE],
    run: (context) => {
      const one = identify("targetFpir: 0.9, maxFaces: 20, maxCandidates: 20", "subject { id }");
      const field = one.slice(one.indexOf("identify("), one.lastIndexOf("}"));
      const head = one.slice(0, one.indexOf("identify("));
      return identifyCrowd(context, `${head} a: ${field} b: ${field} c: ${field} }`);
    },
  },
  {
    name: "prices: a client that leaves, 20 times",
    expected: ["client disconnected", IDENTIFIED, ...TOO_EXPENSIVE],
    run: async (context) => {
      const responses: HostileResponse[] = [];
      const query = identify("targetFpir: 0.9, maxFaces: 10, maxCandidates: 10", "subject { id }");
      for (let i = 0; i < 20; i++) {
        responses.push(...(await identifyCrowd(context, query, { disconnectAfterMs: 40 })));
        await later(100);
      }
      return responses;
    },
  },
  {
    name: "prices: pages of 100 in pages of 100",
    expected: TOO_EXPENSIVE,
    run: (context) =>
      sendQuery(
        context,
        "{ collections(first: 100) { edges { node { subjects(first: 100) { edges { node { templates { edges { node { id } } } } } } } } } }",
      ),
  },
  {
    name: "prices: null for the length of pages",
    expected: [...TOO_EXPENSIVE, "200"],
    run: (context) =>
      sendQuery(
        context,
        "{ collections(first: null) { edges { node { subjects(first: null) { edges { node { templates { edges { node { id } } } } } } } } } }",
      ),
  },
  {
    name: "prices: fragments that double 25 times",
    expected: [...TOO_EXPENSIVE, "400 QUERY_TOO_DEEP", "200 QUERY_TOO_DEEP", ...TOO_LONG],
    run: (context) => sendQuery(context, doubling(25)),
  },
  {
    name: "prices: a fragment that contains itself",
    expected: [
      "400 GRAPHQL_VALIDATION_FAILED",
      "200 GRAPHQL_VALIDATION_FAILED",
      "400 QUERY_TOO_DEEP",
      "200 QUERY_TOO_DEEP",
    ],
    run: (context) => sendQuery(context, "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
  },
  {
    name: "prices: a document of 10 MB",
    expected: TOO_LONG,
    run: (context) => sendQuery(context, `{ ${"viewer { scopes } ".repeat(550_000)} }`),
  },
  {
    name: "prices: selections 100,000 deep",
    expected: TOO_LONG,
    run: (context) => sendQuery(context, `${"{ a ".repeat(100_000)}${"}".repeat(100_000)}`),
  },
  {
    name: "prices: 400 times the same field with arguments that conflict",
    expected: ["400 GRAPHQL_VALIDATION_FAILED", "200 GRAPHQL_VALIDATION_FAILED", ...TOO_EXPENSIVE, ...TOO_LONG],
    run: (context) =>
      sendQuery(context, `{ ${Array.from({ length: 120 }, (_, i) => `job(id: "${i}") { id }`).join(" ")} }`),
  },
];
