import type { Scene } from "../endpoint-types.ts";

/** A mutation that is sent to a scene: what it asks, and how it is counted. */
export interface Mutation {
  name: string;
  /** The field of `Mutation`, which is also the action of its audit row. */
  field: string;
  /** The type of its answer when it took effect. */
  success: string;
  /** The idempotency key it carries: two of them take effect once. */
  idempotencyKey?: string;
  document: string;
  /** `side` is "first" or "second", where both must not ask for the same. */
  variables(scene: Scene, side: string, face: string): Record<string, unknown>;
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
  // The names and templates of the subject are read after the enrollment: a later change may show in them.
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

/** Everything that changes the gallery or the keys, aimed at the same objects: subject `a` above all. */
const MUTATIONS: readonly Mutation[] = [
  { ...CREATE, name: "createCollection", variables: (_, side) => ({ input: { name: side } }) },
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
    variables: ({ a }, side) => ({ input: { id: a.subjectId, name: side } }),
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

/** All unordered pairs, each mutation with itself among them. */
export const PAIRS: readonly (readonly [Mutation, Mutation])[] = MUTATIONS.flatMap((first, i) =>
  MUTATIONS.slice(i).map((second) => [first, second] as const),
);

export const pairName = ([first, second]: readonly [Mutation, Mutation]): string =>
  `pairs: ${first.name} × ${second.name}`;
