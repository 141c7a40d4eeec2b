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
/** The members of unions and interfaces. Apollo's cache needs them: https://www.apollographql.com/docs/react/data/fragments */
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

/** Runs a document as an app does: queries use the cache, mutations do not. */
async function run(text: string, variables: Record<string, unknown>) {
  const document = gql(text);
  const isQuery = getOperationDefinition(document)?.operation === OperationTypeNode.QUERY;
  const { data } = isQuery
    ? await client.query<Record<string, Record<string, unknown>>>({ query: document, variables })
    : await client.mutate<Record<string, Record<string, unknown>>>({ mutation: document, variables });
  return Object.values(data!)[0]!;
}

const SAME_PERSON = ["neil-armstrong", "2.jpg"] as const;
const OTHER_PERSON = ["eileen-collins", "1.png"] as const;

const decisionFor = async (...picture: readonly [string, string]) =>
  (await run(VERIFY, { input: { probe: { upload: file(...picture) }, reference: { subjectId: armstrong } } })).decision;

const outcomeFor = async (...picture: readonly [string, string]) => {
  const { faces } = await run(IDENTIFY, { input: { collectionId, probe: { upload: file(...picture) } } });
  return (faces as { outcome: string }[])[0]!.outcome;
};

const boxFor = async (...picture: readonly [string, string]) => {
  const { faces } = await run(DETECT, { image: { upload: file(...picture) } });
  return JSON.stringify((faces as { box: unknown }[])[0]!.box);
};

test("two different pictures in sequence get two different answers", async () => {
  expect([await decisionFor(...SAME_PERSON), await decisionFor(...OTHER_PERSON)]).toEqual(["MATCH", "NO_MATCH"]);
  expect([await outcomeFor(...SAME_PERSON), await outcomeFor(...OTHER_PERSON)]).toEqual(["IDENTIFIED", "NOBODY"]);
  expect(await boxFor(...SAME_PERSON)).not.toBe(await boxFor(...OTHER_PERSON));
});

test("two different pictures at the same time get two different answers", async () => {
  expect(await Promise.all([decisionFor(...OTHER_PERSON), decisionFor(...SAME_PERSON)])).toEqual(["NO_MATCH", "MATCH"]);
  expect(await Promise.all([outcomeFor(...OTHER_PERSON), outcomeFor(...SAME_PERSON)])).toEqual([
    "NOBODY",
    "IDENTIFIED",
  ]);
  expect(new Set(await Promise.all([boxFor(...OTHER_PERSON), boxFor(...SAME_PERSON)])).size).toBe(2);
});
