import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { portrait } from "../cli/astronauts.ts";
import type { Client } from "../cli/client.ts";
import { visionFromFiles } from "../cli/vision-from-files.ts";
import { type Gallery, openGallery } from "../workers/gallery/gallery.ts";
import type { Shard } from "../workers/gallery/shards.ts";
import { identify } from "../workers/identification/identify.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { openDatabase } from "../workers/platform/database.ts";
import { CREATE_COLLECTION, deletion, MERGE, UPDATE } from "./support/documents.ts";
import { enroll, newCollection, type Outcome, photograph } from "./support/people.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;
let api: Client;
let tenantId: string;
beforeAll(async () => {
  worker = await startWorker();
  ({ api, id: tenantId } = await worker.tenant());
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

test("twenty concurrent enrollments of one externalId make one subject with twenty templates", async () => {
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

test("a repeated idempotency key gives the same answer and enrolls once", async () => {
  const collectionId = await newCollection(api);
  const input = { collectionId, image: photograph("john-young", "2.jpg"), name: "Young", idempotencyKey: "enroll-1" };
  const first = await enroll(api, input);
  expect(first.__typename).toBe("Enrolled");
  expect(await enroll(api, input)).toEqual(first);
  expect(await count("select count(*) as n from templates where collection_id = ?", collectionId)).toBe(1);
});

test("concurrent requests with one idempotency key enroll once", async () => {
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
  expect((await enroll(api, { ...input, name: "another person" })).__typename).toBe("Conflict");
  const create = (name: string) =>
    api.request<{ createCollection: Outcome }>(CREATE_COLLECTION, { input: { name, idempotencyKey: "create-1" } });
  const made = await create("one");
  expect(await create("one")).toEqual(made);
  expect((await create("two")).createCollection.__typename).toBe("Conflict");
});

test("of two concurrent deletions one deletes and the other finds nothing", async () => {
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

test("enrolling into a deleted subject or collection gives NotFound", async () => {
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

test("an enrollment during the deletion of its subject leaves no template without a subject", async () => {
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

test("enrolling into a full collection is a conflict with the reason", async () => {
  const collectionId = await newCollection(api);
  await worker.env.DB.prepare("update collections set template_count = 100000 where id = ?").bind(collectionId).run();
  const answer = await enroll(api, { collectionId, image: photograph("john-young", "2.jpg") });
  expect(answer).toMatchObject({ __typename: "Conflict", message: expect.stringContaining("full") });
});

test("subjects of different collections cannot be merged, nor a subject with itself", async () => {
  const [a, b] = [await newCollection(api, "a"), await newCollection(api, "b")];
  const one = await enroll(api, { collectionId: a, image: photograph("john-young", "2.jpg") });
  const two = await enroll(api, { collectionId: b, image: photograph("john-young", "2.jpg") });
  const merge = async (into: string, from: string) =>
    (await api.request<{ mergeSubjects: Outcome }>(MERGE, { input: { into, from } })).mergeSubjects.__typename;
  expect(await merge(one.subject.id, two.subject.id)).toBe("Conflict");
  expect(await merge(one.subject.id, one.subject.id)).toBe("Conflict");
});

const update = async (input: Record<string, unknown>) =>
  (
    await api.request<{ updateSubject: Outcome & { subject: { name: string | null; externalId: string | null } } }>(
      UPDATE,
      { input },
    )
  ).updateSubject;

/** The tenant's gallery in this process, with the Worker's D1 and shards. It calls `beforeFirstBatch` before it sends its first batch. */
function galleryWith(beforeFirstBatch: () => Promise<unknown>): Gallery {
  const db = openDatabase(worker.env.DB);
  let pending: typeof beforeFirstBatch | undefined = beforeFirstBatch;
  const batch: typeof db.batch = async (statements) => {
    const now = pending;
    pending = undefined;
    await now?.();
    return db.batch(statements);
  };
  const { GALLERY_SHARD } = worker.env;
  return openGallery({
    db: Object.assign(Object.create(db) as typeof db, { batch }),
    actor: { tenantId, keyId: null },
    clock: systemClock,
    shards: (tenant, collection) =>
      GALLERY_SHARD.get(GALLERY_SHARD.idFromName(`${tenant}/${collection}`)) as unknown as Shard,
    waitUntil: (work) => void work.catch(() => {}),
    confirmErasure: async () => {},
  });
}

const enrollYoung = async (collectionId: string, fields: Record<string, unknown> = {}) =>
  (await enroll(api, { collectionId, image: photograph("john-young", "2.jpg"), ...fields })).subject.id;
const countMerges = (into: string) =>
  count("select count(*) as n from audit where action = 'mergeSubjects' and target = ?", into);

test("two concurrent updates both take effect", async () => {
  const id = await enrollYoung(await newCollection(api), { name: "Young", externalId: "before" });
  const gallery = galleryWith(() => update({ id, externalId: "after" }));
  expect(await gallery.updateSubject(id, { name: "John Young" })).toMatchObject({
    kind: "updated",
    subject: { name: "John Young", externalId: "after" },
  });
  expect(await update({ id })).toMatchObject({ subject: { name: "John Young", externalId: "after" } });
});

test("an update of a subject that is deleted meanwhile gives NotFound and leaves no audit row", async () => {
  const id = await enrollYoung(await newCollection(api));
  const gallery = galleryWith(() => remove("deleteSubject", id));
  expect(await gallery.updateSubject(id, { name: "nobody" })).toMatchObject({ kind: "notFound", missingId: id });
  expect(await count("select count(*) as n from audit where action = 'updateSubject' and target = ?", id)).toBe(0);
});

test.each(["source", "target"] as const)("a merge whose %s is deleted meanwhile leaves nothing", async (gone) => {
  const collectionId = await newCollection(api);
  const [into, from] = [await enrollYoung(collectionId), await enrollYoung(collectionId)];
  const missingId = gone === "source" ? from : into;
  const gallery = galleryWith(() => remove("deleteSubject", missingId));
  const key = { key: `merge without ${gone}`, fingerprint: "the same" };
  expect(await gallery.mergeSubjects(into, from, key)).toMatchObject({ kind: "notFound", missingId });
  expect(await countMerges(into)).toBe(0);
  expect(await gallery.mergeSubjects(into, from, key)).toMatchObject({ kind: "notFound", missingId });
  expect(await count("select count(*) as n from idempotency where key = ?", key.key)).toBe(0);
  expect(await count("select template_count as n from collections where id = ?", collectionId)).toBe(1);
});

test("two concurrent merges with one key give one answer and one audit row", async () => {
  const collectionId = await newCollection(api);
  const [into, from] = [await enrollYoung(collectionId), await enrollYoung(collectionId)];
  const key = { key: "merge twice", fingerprint: "the same" };
  const gallery = galleryWith(() => galleryWith(async () => {}).mergeSubjects(into, from, key));
  expect(await gallery.mergeSubjects(into, from, key)).toMatchObject({ kind: "merged", subject: { id: into } });
  expect(await countMerges(into)).toBe(1);
});

test("a merge answers with the state of its target at the time of the merge", async () => {
  const collectionId = await newCollection(api);
  const [into, from] = [await enrollYoung(collectionId), await enrollYoung(collectionId)];
  const gallery = galleryWith(() => update({ id: into, name: "renamed" }));
  expect(await gallery.mergeSubjects(into, from)).toMatchObject({ kind: "merged", subject: { name: "renamed" } });
});

test("a deletion that finds nothing leaves no erasure", async () => {
  const id = await enrollYoung(await newCollection(api));
  const gallery = galleryWith(() => remove("deleteSubject", id));
  expect(await gallery.deleteSubject(id)).toMatchObject({ kind: "notFound" });
  expect(await count("select count(*) as n from erasures where tenant_id = ?", tenantId)).toBe(0);
});

test("identify returns the current subject if it is merged or deleted during the search", async () => {
  const collectionId = await newCollection(api);
  const into = await enrollYoung(collectionId, { name: "Young", image: photograph("charlie-duke", "2.jpg") });
  const from = await enrollYoung(collectionId, { name: "the same man" });
  const vision = await visionFromFiles();
  /** The names that are found if `meanwhile` runs after the first search. */
  const found = async (meanwhile: () => Promise<unknown>) => {
    const gallery = galleryWith(async () => {});
    let searches = 0;
    const answer = await identify(
      {
        collectionId,
        probe: { fingerprint: async () => "", read: () => readFile(portrait("john-young", "1.jpg")) },
      },
      {
        vision,
        gallery: {
          ...gallery,
          search: async (...asked) => {
            const near = await gallery.search(...asked);
            if (++searches === 1) await meanwhile();
            return near;
          },
        },
      },
    );
    if (answer.kind !== "identification") return answer.kind;
    expect(answer.faces[0]?.outcome).toBe(answer.faces[0]?.candidates.length ? "identified" : "nobody");
    return answer.faces[0]?.candidates.map(({ subject }) => subject.name);
  };
  expect(await found(() => api.request(MERGE, { input: { into, from } }))).toEqual(["Young"]);
  expect(await found(() => remove("deleteSubject", into))).toEqual([]);
  await enrollYoung(collectionId);
  expect(await found(() => remove("deleteCollection", collectionId))).toBe("notFound");
});

test("a repeated enrollment after a merge answers with the subject that has the template now", async () => {
  const collectionId = await newCollection(api);
  const into = await enrollYoung(collectionId, { name: "Young" });
  const input = { collectionId, image: photograph("john-young", "2.jpg"), idempotencyKey: "enroll and merge" };
  const first = await enroll(api, input);
  await api.request(MERGE, { input: { into, from: first.subject.id } });
  expect(await enroll(api, input)).toMatchObject({
    __typename: "Enrolled",
    subject: { id: into, name: "Young" },
    template: { id: first.template.id },
  });
  expect(await count("select template_count as n from collections where id = ?", collectionId)).toBe(2);
});
