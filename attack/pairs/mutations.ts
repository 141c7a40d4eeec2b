import type { PairFixture } from "../endpoint-types.ts";

/** A mutation for a fixture, and how its effects are counted. */
export interface Mutation {
  name: string;
  /** The field of `Mutation`, which is also the action of its audit row. */
  field: string;
  /** The type of its answer if it took effect. */
  success: string;
  /** Its idempotency key. Two mutations with the same key take effect once. */
  idempotencyKey?: string;
  document: string;
  /** `suffix` is "first" or "second". It makes the inputs of the two mutations differ. */
  variables(fixture: PairFixture, suffix: string, face: string): Record<string, unknown>;
}

const mutation = (field: string, input: string, success: string, selection: string): string => /* GraphQL */ `
  mutation Meet($input: ${input}!) {
    answer: ${field}(input: $input) {
      __typename
      ... on ${success} { ${selection} }
      ... on Problem { message }
    }
  }`;

const deletion = (field: string): Pick<Mutation, "field" | "success" | "document"> => ({
  field,
  success: "Deleted",
  document: /* GraphQL */ `
    mutation Meet($id: ID!) {
      answer: ${field}(id: $id) { __typename ... on Deleted { deletedId templates } ... on Problem { message } }
    }`,
});

const CREATE = {
  field: "createCollection",
  success: "CollectionCreated",
  document: mutation("createCollection", "CreateCollectionInput", "CollectionCreated", "collection { id name }"),
};
const ENROLL = {
  field: "enroll",
  success: "Enrolled",
  // Does not select the names and templates of the subject: they are read after the enrollment, so they can show a later change.
  document: mutation("enroll", "EnrollInput", "Enrolled", "created subject { id } template { id }"),
};
const UPDATE = {
  field: "updateSubject",
  success: "SubjectUpdated",
  document: mutation("updateSubject", "UpdateSubjectInput", "SubjectUpdated", "subject { id name externalId }"),
};
const MERGE = {
  field: "mergeSubjects",
  success: "SubjectsMerged",
  document: mutation("mergeSubjects", "MergeSubjectsInput", "SubjectsMerged", "subject { id }"),
};

/** All mutations that change the gallery or the keys. They change the same objects, mostly subject `a`. */
const MUTATIONS: readonly Mutation[] = [
  { ...CREATE, name: "createCollection", variables: (_, suffix) => ({ input: { name: suffix } }) },
  {
    ...CREATE,
    name: "createCollection, idempotent",
    idempotencyKey: "create",
    variables: () => ({ input: { name: "once", idempotencyKey: "create" } }),
  },
  {
    ...deletion("deleteCollection"),
    name: "deleteCollection",
    variables: ({ collectionId }) => ({ id: collectionId }),
  },
  {
    ...ENROLL,
    name: "enroll, to subject a",
    variables: ({ collectionId, a }, _, base64) => ({
      input: { collectionId, image: { base64 }, subjectId: a.subjectId },
    }),
  },
  {
    ...ENROLL,
    name: "enroll, new externalId",
    variables: ({ collectionId }, _, base64) => ({ input: { collectionId, image: { base64 }, externalId: "new" } }),
  },
  {
    ...ENROLL,
    name: "enroll, idempotent",
    idempotencyKey: "enroll",
    variables: ({ collectionId }, _, base64) => ({
      input: { collectionId, image: { base64 }, externalId: "once", idempotencyKey: "enroll" },
    }),
  },
  {
    ...UPDATE,
    name: "updateSubject, name of a",
    variables: ({ a }, suffix) => ({ input: { id: a.subjectId, name: suffix } }),
  },
  {
    ...UPDATE,
    name: "updateSubject, externalId of a",
    variables: ({ a }) => ({ input: { id: a.subjectId, externalId: "new" } }),
  },
  {
    ...UPDATE,
    name: "updateSubject, externalId of b",
    variables: ({ b }) => ({ input: { id: b.subjectId, externalId: "new" } }),
  },
  { ...deletion("deleteSubject"), name: "deleteSubject a", variables: ({ a }) => ({ id: a.subjectId }) },
  { ...deletion("deleteTemplate"), name: "deleteTemplate of a", variables: ({ a }) => ({ id: a.templateId }) },
  {
    ...MERGE,
    name: "mergeSubjects a into b",
    variables: ({ a, b }) => ({ input: { into: b.subjectId, from: a.subjectId } }),
  },
  {
    ...MERGE,
    name: "mergeSubjects b into a",
    variables: ({ a, b }) => ({ input: { into: a.subjectId, from: b.subjectId } }),
  },
  {
    ...MERGE,
    name: "mergeSubjects a into b, idempotent",
    idempotencyKey: "merge",
    variables: ({ a, b }) => ({ input: { into: b.subjectId, from: a.subjectId, idempotencyKey: "merge" } }),
  },
  {
    field: "createApiKey",
    name: "createApiKey",
    success: "ApiKeyCreated",
    document: mutation("createApiKey", "CreateApiKeyInput", "ApiKeyCreated", "apiKey { id name }"),
    variables: () => ({ input: { name: "same", scopes: ["VERIFY"] } }),
  },
  { ...deletion("revokeApiKey"), name: "revokeApiKey", variables: ({ spareKeyId }) => ({ id: spareKeyId }) },
];

/** All unordered pairs, including each mutation with itself. */
export const PAIRS: readonly (readonly [Mutation, Mutation])[] = MUTATIONS.flatMap((first, i) =>
  MUTATIONS.slice(i).map((second) => [first, second] as const),
);

export const pairName = ([first, second]: readonly [Mutation, Mutation]): string =>
  `pairs: ${first.name} × ${second.name}`;
