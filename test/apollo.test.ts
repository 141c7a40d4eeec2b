import { readFileSync } from "node:fs";
import { ApolloClient, gql, InMemoryCache } from "@apollo/client";
import { getOperationDefinition } from "@apollo/client/utilities/internal";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import { buildSchema, isAbstractType, OperationTypeNode } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { portrait } from "../cli/astronauts.ts";
import { typeDefs } from "../workers/graphql/schema.generated.ts";
import { DETECT, IDENTIFY, VERIFY } from "./support/documents.ts";
import { enroll, newCollection, photograph } from "./support/people.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

const schema = buildSchema(typeDefs);
/** The members of unions and interfaces, which Apollo's cache must know: https://www.apollographql.com/docs/react/data/fragments */
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

/** The API through Apollo Client with its default cache, which writes every uploaded file as `{}` in a cache key. */
let worker: RunningWorker;
let collectionId: string;
let armstrong: string;
let client: ApolloClient;

beforeAll(async () => {
  worker = await startWorker();
  const { api, key } = await worker.tenant();
  collectionId = await newCollection(api);
  const image = photograph("neil-armstrong", "1.jpg");
  armstrong = (await enroll(api, { collectionId, image, externalId: "armstrong" })).subject.id;
  client = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes }),
    link: new UploadHttpLink({
      uri: new URL("/graphql", worker.url).href,
      headers: { authorization: `Bearer ${key}` },
    }),
  });
});
afterAll(async () => {
  client.stop();
  await worker.close();
});

const file = (person: string, name: string) => new File([readFileSync(portrait(person, name))], name);

/** Runs a document as an app does: a query through the cache, a mutation past it. */
async function run(text: string, variables: Record<string, unknown>) {
  const document = gql(text);
  const isQuery = getOperationDefinition(document)?.operation === OperationTypeNode.QUERY;
  const { data } = isQuery
    ? await client.query<Record<string, Record<string, unknown>>>({ query: document, variables })
    : await client.mutate<Record<string, Record<string, unknown>>>({ mutation: document, variables });
  return Object.values(data!)[0]!;
}

const SAME = ["neil-armstrong", "2.jpg"] as const;
const OTHER = ["eileen-collins", "1.png"] as const;

const decide = async (...picture: readonly [string, string]) =>
  (await run(VERIFY, { input: { probe: { upload: file(...picture) }, reference: { subjectId: armstrong } } })).decision;

const find = async (...picture: readonly [string, string]) => {
  const { faces } = await run(IDENTIFY, { input: { collectionId, probe: { upload: file(...picture) } } });
  return (faces as { outcome: string }[])[0]!.outcome;
};

const locate = async (...picture: readonly [string, string]) => {
  const { faces } = await run(DETECT, { image: { upload: file(...picture) } });
  return JSON.stringify((faces as { box: unknown }[])[0]!.box);
};

test("two different pictures get two different answers, one after the other", async () => {
  expect([await decide(...SAME), await decide(...OTHER)]).toEqual(["MATCH", "NO_MATCH"]);
  expect([await find(...SAME), await find(...OTHER)]).toEqual(["IDENTIFIED", "NOBODY"]);
  expect(await locate(...SAME)).not.toBe(await locate(...OTHER));
});

test("two different pictures get two different answers at once", async () => {
  expect(await Promise.all([decide(...OTHER), decide(...SAME)])).toEqual(["NO_MATCH", "MATCH"]);
  expect(await Promise.all([find(...OTHER), find(...SAME)])).toEqual(["NOBODY", "IDENTIFIED"]);
  expect(new Set(await Promise.all([locate(...OTHER), locate(...SAME)])).size).toBe(2);
});
