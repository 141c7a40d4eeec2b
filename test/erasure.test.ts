import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { findCollection } from "../workers/gallery/collections.ts";
import type { Head } from "../workers/gallery/records.ts";
import type { Shard } from "../workers/gallery/shards.ts";
import { quantize } from "../workers/matching/template.ts";
import { openDatabase } from "../workers/platform/database.ts";
import { deletion, MERGE } from "./support/documents.ts";
import { enroll, identify, newCollection, type Outcome, photograph, type TemplatePage } from "./support/people.ts";
import { type RunningWorker, startWorker, type TestEnv } from "./support/worker.ts";

/** The shard of this Worker crashes on request: a real abort of the Durable Object. */
let worker: RunningWorker;
let tenantId: string;
let api: Client;

beforeAll(async () => {
  worker = await startWorker({ bundle: "crashing" });
  ({ api, id: tenantId } = await worker.tenant());
});
afterAll(() => worker.close());

const shardName = (collectionId: string) => ({ name: `${tenantId}/${collectionId}` });

/** Number of vectors in the shard's own SQLite. */
async function vectorsInShard(collectionId: string): Promise<number> {
  const storage = await worker.harness
    .getWorker<TestEnv>()
    .getDurableObjectStorage("GALLERY_SHARD", shardName(collectionId));
  const [counted] = await storage.exec("select count(*) as n from rows").catch((error: Error) => {
    // The shard is empty, or is being rebuilt.
    if (error.message.includes("no such table")) return [{ n: 0 }];
    throw error;
  });
  return Number(counted?.n);
}

/** The RPC methods of the crashing Worker's shard that these tests call. */
interface CrashableShard extends Pick<Shard, "search"> {
  crashNext(calls: number): Promise<void>;
  compareNow(): Promise<void>;
  erase(): Promise<void>;
}
const crashable = (collectionId: string) => {
  const { GALLERY_SHARD } = worker.env;
  const stub = GALLERY_SHARD.get(GALLERY_SHARD.idFromName(shardName(collectionId).name));
  return stub as unknown as CrashableShard;
};
const crashNext = (collectionId: string, calls: number) => crashable(collectionId).crashNext(calls);

const remove = async (kind: Parameters<typeof deletion>[0], id: string) =>
  (await api.request<{ deleted: Outcome & { templates: number } }>(deletion(kind), { id })).deleted;

const countErasures = async () =>
  (await worker.env.DB.prepare("select count(*) as n from erasures").first<{ n: number }>())?.n;

async function waitUntil(isTrue: () => Promise<boolean>, seconds: number): Promise<boolean> {
  for (const start = Date.now(); Date.now() - start < seconds * 1000; ) {
    if (await isTrue()) return true;
    await new Promise((later) => setTimeout(later, 250));
  }
  return isTrue();
}

/** Creates a collection and enrolls Neil Armstrong and Buzz Aldrin. */
async function enrollTwoPeople() {
  const collectionId = await newCollection(api);
  const armstrong = await enroll(api, {
    collectionId,
    image: photograph("neil-armstrong", "2.jpg"),
    name: "Armstrong",
  });
  const aldrin = await enroll(api, { collectionId, image: photograph("buzz-aldrin", "2.jpg"), name: "Aldrin" });
  return { collectionId, armstrong, aldrin };
}

const identifiedName = async (collectionId: string, person: string) => {
  const { faces } = await identify(api, { collectionId, probe: photograph(person, "1.jpg"), targetFpir: 1e-4 });
  return faces[0]?.candidates[0]?.subject.name ?? null;
};

test("an enrolled person is found at once, even if the shard missed every call", async () => {
  const collectionId = await newCollection(api);
  await crashNext(collectionId, 1);
  await enroll(api, { collectionId, image: photograph("neil-armstrong", "2.jpg"), name: "Armstrong" });
  expect(await identifiedName(collectionId, "neil-armstrong")).toBe("Armstrong");
});

test("an evicted shard answers as before", async () => {
  const { collectionId } = await enrollTwoPeople();
  expect(await identifiedName(collectionId, "buzz-aldrin")).toBe("Aldrin");
  await worker.harness.getWorker<TestEnv>().evictDurableObject("GALLERY_SHARD", shardName(collectionId));
  expect(await identifiedName(collectionId, "buzz-aldrin")).toBe("Aldrin");
});

test("a shard whose storage was emptied rebuilds itself from the log", async () => {
  const { collectionId } = await enrollTwoPeople();
  await identifiedName(collectionId, "buzz-aldrin");
  await crashable(collectionId).erase();
  expect(await vectorsInShard(collectionId)).toBe(0);
  expect(await identifiedName(collectionId, "buzz-aldrin")).toBe("Aldrin");
});

test("a shard at the head of the log answers without reading D1", async () => {
  const { collectionId } = await enrollTwoPeople();
  await identifiedName(collectionId, "buzz-aldrin");
  const collection = await findCollection(
    { db: openDatabase(worker.env.DB), actor: { tenantId, keyId: null } },
    collectionId,
  );
  if (!collection) throw new Error("The collection is missing.");
  const { modelId, head, mark, templateCount } = collection;
  const search = (at: Head) =>
    crashable(collectionId).search(
      { tenantId, collectionId, modelId },
      at,
      [quantize(new Float32Array(512).fill(512 ** -0.5), modelId)],
      5,
    );
  const { DB } = worker.env;
  await DB.prepare("alter table gallery_log rename to log_elsewhere").run();
  try {
    expect((await search({ head, mark, templateCount })).size).toEqual({ subjects: 2, templates: 2 });
    await expect(search({ head: head + 1, mark, templateCount })).rejects.toThrow();
  } finally {
    await DB.prepare("alter table log_elsewhere rename to gallery_log").run();
  }
});

test("a shard is rebuilt once, not at each search, if D1's own count is wrong", async () => {
  const { collectionId } = await enrollTwoPeople();
  await identifiedName(collectionId, "buzz-aldrin");
  await worker.env.DB.prepare("update collections set template_count = 7 where id = ?").bind(collectionId).run();
  worker.harness.clearLogs();
  for (let i = 0; i < 3; i++) expect(await identifiedName(collectionId, "buzz-aldrin")).toBe("Aldrin");
  const logged = worker.harness.getLogs().map(({ message }) => message);
  const rebuilt = logged.filter((line) => line.includes("shard.rebuilt")).map((line) => JSON.parse(line));
  expect(rebuilt).toEqual([{ level: "warn", event: "shard.rebuilt", tenantId, outcome: "the counts differ" }]);
});

test("a shard without calls loses what D1 lost in a restore when it next compares itself", async () => {
  const { collectionId, aldrin } = await enrollTwoPeople();
  await identifiedName(collectionId, "buzz-aldrin");
  expect(await vectorsInShard(collectionId)).toBe(2);
  // Sets D1 to its state before the second enrollment.
  const { DB } = worker.env;
  await DB.batch([
    DB.prepare("delete from gallery_log where collection_id = ? and sequence = 2").bind(collectionId),
    DB.prepare("delete from templates where subject_id = ?").bind(aldrin.subject.id),
    DB.prepare("delete from subjects where id = ?").bind(aldrin.subject.id),
    DB.prepare("update collections set head = 1, template_count = 1 where id = ?").bind(collectionId),
  ]);
  await crashable(collectionId).compareNow();
  expect(await waitUntil(async () => (await vectorsInShard(collectionId)) === 1, 30)).toBe(true);
  // Sets D1 to its state before the collection.
  await DB.batch(
    ["templates", "subjects", "gallery_log"]
      .map((table) => DB.prepare(`delete from ${table} where collection_id = ?`).bind(collectionId))
      .concat(DB.prepare("delete from collections where id = ?").bind(collectionId)),
  );
  await crashable(collectionId).compareNow();
  expect(await waitUntil(async () => (await vectorsInShard(collectionId)) === 0, 30)).toBe(true);
});

test("deleting a subject destroys its templates in D1 and in the shard before it answers", async () => {
  const { collectionId, armstrong } = await enrollTwoPeople();
  await identifiedName(collectionId, "neil-armstrong");
  expect(await vectorsInShard(collectionId)).toBe(2);
  expect(await remove("deleteSubject", armstrong.subject.id)).toMatchObject({ __typename: "Deleted", templates: 1 });
  expect(await vectorsInShard(collectionId)).toBe(1);
  expect(await countErasures()).toBe(0);
  const left = await worker.env.DB.prepare("select count(*) as n from templates where subject_id = ?")
    .bind(armstrong.subject.id)
    .first<{ n: number }>();
  expect(left?.n).toBe(0);
  expect(await identifiedName(collectionId, "neil-armstrong")).toBeNull();
  expect(await identifiedName(collectionId, "buzz-aldrin")).toBe("Aldrin");
});

test("deleting a template keeps the subject and its other templates", async () => {
  const { collectionId, aldrin } = await enrollTwoPeople();
  const more = await enroll(api, {
    collectionId,
    image: photograph("buzz-aldrin", "1.jpg"),
    subjectId: aldrin.subject.id,
  });
  expect(more.subject.templates.edges).toHaveLength(2);
  expect(await remove("deleteTemplate", more.template.id)).toMatchObject({ __typename: "Deleted", templates: 1 });
  expect(await vectorsInShard(collectionId)).toBe(2);
  expect(await identifiedName(collectionId, "buzz-aldrin")).toBe("Aldrin");
});

test("if the shard cannot be reached, a deletion is confirmed within a minute without a search", async () => {
  const { collectionId, armstrong } = await enrollTwoPeople();
  await identifiedName(collectionId, "neil-armstrong");
  await crashNext(collectionId, 2);
  expect(await remove("deleteSubject", armstrong.subject.id)).toMatchObject({ __typename: "Deleted" });
  expect(await waitUntil(async () => (await countErasures()) === 0, 60)).toBe(true);
  expect(await vectorsInShard(collectionId)).toBe(1);
});

test("a collection is deleted with all its vectors, even if its shard missed the call", async () => {
  const { collectionId } = await enrollTwoPeople();
  await identifiedName(collectionId, "neil-armstrong");
  await crashNext(collectionId, 2);
  expect(await remove("deleteCollection", collectionId)).toMatchObject({ __typename: "Deleted", templates: 2 });
  expect(await waitUntil(async () => (await vectorsInShard(collectionId)) === 0, 60)).toBe(true);
  expect(await waitUntil(async () => (await countErasures()) === 0, 60)).toBe(true);
  expect(await remove("deleteCollection", collectionId)).toMatchObject({ __typename: "NotFound" });
});

/** Inserts an erasure that the shard has not confirmed. */
const addPendingErasure = (collectionId: string) =>
  worker.env.DB.prepare(
    "insert into erasures (tenant_id, collection_id, head, whole, created_at) select tenant_id, id, head, 0, 0 from collections where id = ?",
  )
    .bind(collectionId)
    .run();

test("the schedule finishes an erasure after the queue gave up", async () => {
  const { collectionId, armstrong } = await enrollTwoPeople();
  await identifiedName(collectionId, "neil-armstrong");
  await remove("deleteSubject", armstrong.subject.id);
  await addPendingErasure(collectionId);
  await worker.schedule();
  expect(await countErasures()).toBe(0);
});

test("a failing task of the schedule is logged and does not stop erasures or later tasks", async () => {
  const { DB } = worker.env;
  await addPendingErasure(await newCollection(api));
  await DB.prepare("insert into idempotency values (?, 'old', 'none', 'null', 0)").bind(tenantId).run();
  const oldKeys = () => DB.prepare("select * from idempotency where key = 'old'").first();
  expect(await oldKeys()).not.toBeNull();
  worker.harness.clearLogs();
  // This Worker's R2 cannot delete. Renaming the table makes reading jobs fail as well.
  await DB.prepare("alter table jobs rename to jobs_elsewhere").run();
  try {
    await worker.schedule();
  } finally {
    await DB.prepare("alter table jobs_elsewhere rename to jobs").run();
  }
  expect(await countErasures()).toBe(0);
  expect(await oldKeys()).toBeNull();
  const logged = worker.harness.getLogs().map(({ message }) => message);
  const failed = logged.filter((line) => line.includes("chore.failed")).map((line) => JSON.parse(line));
  expect(failed).toEqual([
    expect.objectContaining({ level: "error", operation: "recoverStalledJobs" }),
    expect.objectContaining({ level: "error", operation: "deleteExpiredBlobs" }),
  ]);
  expect(failed[0].error.cause.message).toContain("no such table: jobs");
  expect(failed[1].error.message).toContain("R2 cannot be reached.");
});

test("merged subjects are one subject in D1 and in the shard", async () => {
  const { collectionId, armstrong, aldrin } = await enrollTwoPeople();
  await identifiedName(collectionId, "neil-armstrong");
  const { mergeSubjects } = await api.request<{ mergeSubjects: Outcome & { subject: { templates: TemplatePage } } }>(
    MERGE,
    {
      input: { into: aldrin.subject.id, from: armstrong.subject.id },
    },
  );
  expect(mergeSubjects.__typename).toBe("SubjectsMerged");
  expect(mergeSubjects.subject.templates.edges).toHaveLength(2);
  expect(await identifiedName(collectionId, "neil-armstrong")).toBe("Aldrin");
  expect(await remove("deleteSubject", armstrong.subject.id)).toMatchObject({ __typename: "NotFound" });
});
