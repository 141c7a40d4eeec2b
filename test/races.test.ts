import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { CREATE_COLLECTION, deletion, MERGE } from "./support/documents.ts";
import { enroll, newCollection, type Outcome, photograph } from "./support/people.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;
let api: Client;
beforeAll(async () => {
  worker = await startWorker();
  ({ api } = await worker.tenant());
});
afterAll(() => worker.close());

const remove = async (kind: Parameters<typeof deletion>[0], id: string) =>
  (await api.request<{ deleted: Outcome & { templates: number } }>(deletion(kind), { id })).deleted;
const count = async (sql: string, ...bound: string[]) =>
  (
    await worker.env.DB.prepare(sql)
      .bind(...bound)
      .first<{ n: number }>()
  )?.n;

test("twenty enrollments of one externalId at once make one subject with twenty templates", async () => {
  const collectionId = await newCollection(api);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      enroll(api, { collectionId, image: photograph("john-young", "2.jpg"), externalId: "young" }),
    ),
  );
  expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(new Set(["Enrolled"]));
  expect(new Set(answers.map(({ subject }) => subject.id)).size).toBe(1);
  expect(answers.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(answers.map(({ template }) => template.id)).size).toBe(20);
  expect(await count("select template_count as n from collections where id = ?", collectionId)).toBe(20);
  expect(await count("select count(*) as n from gallery_log where collection_id = ?", collectionId)).toBe(20);
});

test("a repeated idempotency key gives the same answer, and nothing is enrolled twice", async () => {
  const collectionId = await newCollection(api);
  const input = { collectionId, image: photograph("john-young", "2.jpg"), name: "Young", idempotencyKey: "enroll-1" };
  const first = await enroll(api, input);
  expect(first.__typename).toBe("Enrolled");
  expect(await enroll(api, input)).toEqual(first);
  expect(await count("select count(*) as n from templates where collection_id = ?", collectionId)).toBe(1);
});

test("one idempotency key sent many times at once enrolls once", async () => {
  const collectionId = await newCollection(api);
  const input = { collectionId, image: photograph("john-young", "2.jpg"), idempotencyKey: "enroll-many" };
  const answers = await Promise.all(Array.from({ length: 6 }, () => enroll(api, input)));
  expect(new Set(answers.map(({ template }) => template?.id)).size).toBe(1);
  expect(await count("select count(*) as n from templates where collection_id = ?", collectionId)).toBe(1);
});

test("an idempotency key with a different body is a conflict", async () => {
  const collectionId = await newCollection(api);
  const input = { collectionId, image: photograph("john-young", "2.jpg"), idempotencyKey: "enroll-2" };
  await enroll(api, input);
  expect((await enroll(api, { ...input, name: "somebody else" })).__typename).toBe("Conflict");
  const create = (name: string) =>
    api.request<{ createCollection: Outcome }>(CREATE_COLLECTION, { input: { name, idempotencyKey: "create-1" } });
  const made = await create("one");
  expect(await create("one")).toEqual(made);
  expect((await create("two")).createCollection.__typename).toBe("Conflict");
});

test("of two deletes at once one deletes, the other finds nothing", async () => {
  const collectionId = await newCollection(api);
  const { subject } = await enroll(api, { collectionId, image: photograph("john-young", "2.jpg") });
  const both = await Promise.all([remove("deleteSubject", subject.id), remove("deleteSubject", subject.id)]);
  expect(both.map(({ __typename }) => __typename).toSorted()).toEqual(["Deleted", "NotFound"]);
  expect(await count("select count(*) as n from audit where action = 'deleteSubject' and target = ?", subject.id)).toBe(
    1,
  );
  expect(await count("select template_count as n from collections where id = ?", collectionId)).toBe(0);
  const collections = await Promise.all([
    remove("deleteCollection", collectionId),
    remove("deleteCollection", collectionId),
  ]);
  expect(collections.map(({ __typename }) => __typename).toSorted()).toEqual(["Deleted", "NotFound"]);
});

test("enrolling into a deleted subject, or a deleted collection, says that it is not found", async () => {
  const collectionId = await newCollection(api);
  const { subject } = await enroll(api, { collectionId, image: photograph("john-young", "2.jpg") });
  await remove("deleteSubject", subject.id);
  const image = photograph("john-young", "1.jpg");
  expect(await enroll(api, { collectionId, image, subjectId: subject.id })).toMatchObject({
    __typename: "NotFound",
    missingId: subject.id,
  });
  await remove("deleteCollection", collectionId);
  expect(await enroll(api, { collectionId, image })).toMatchObject({ __typename: "NotFound", missingId: collectionId });
});

test("an enrollment that races the deletion of its subject leaves no template without a subject", async () => {
  const collectionId = await newCollection(api);
  const { subject } = await enroll(api, { collectionId, image: photograph("john-young", "2.jpg") });
  await Promise.all([
    ...Array.from({ length: 5 }, () =>
      enroll(api, { collectionId, image: photograph("john-young", "2.jpg"), subjectId: subject.id }),
    ),
    remove("deleteSubject", subject.id),
  ]);
  await remove("deleteSubject", subject.id);
  expect(await count("select count(*) as n from templates where subject_id = ?", subject.id)).toBe(0);
  expect(await count("select template_count as n from collections where id = ?", collectionId)).toBe(0);
});

test("a full collection is a conflict that says so", async () => {
  const collectionId = await newCollection(api);
  await worker.env.DB.prepare("update collections set template_count = 100000 where id = ?").bind(collectionId).run();
  const answer = await enroll(api, { collectionId, image: photograph("john-young", "2.jpg") });
  expect(answer).toMatchObject({ __typename: "Conflict", message: expect.stringContaining("full") });
});

test("subjects of different collections are not merged, nor a subject with itself", async () => {
  const [a, b] = [await newCollection(api, "a"), await newCollection(api, "b")];
  const one = await enroll(api, { collectionId: a, image: photograph("john-young", "2.jpg") });
  const two = await enroll(api, { collectionId: b, image: photograph("john-young", "2.jpg") });
  const merge = async (into: string, from: string) =>
    (await api.request<{ mergeSubjects: Outcome }>(MERGE, { input: { into, from } })).mergeSubjects.__typename;
  expect(await merge(one.subject.id, two.subject.id)).toBe("Conflict");
  expect(await merge(one.subject.id, one.subject.id)).toBe("Conflict");
});
