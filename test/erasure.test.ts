import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { deletion, MERGE } from "./support/documents.ts";
import { enroll, identify, newCollection, type Outcome, photograph, type TemplatePage } from "./support/people.ts";
import { type RunningWorker, startWorker, type TestEnv } from "./support/worker.ts";

/** The crashing worker's shard can be told to crash: a real abort of the Durable Object. */
let worker: RunningWorker;
let tenantId: string;
let api: Client;

beforeAll(async () => {
  worker = await startWorker({ bundle: "crashing" });
  ({ api, id: tenantId } = await worker.tenant());
});
afterAll(() => worker.close());

const shardName = (collectionId: string) => ({ name: `${tenantId}/${collectionId}` });

/** How many vectors the shard's own SQLite holds. */
async function vectorsInShard(collectionId: string): Promise<number> {
  const storage = await worker.harness
    .getWorker<TestEnv>()
    .getDurableObjectStorage("GALLERY_SHARD", shardName(collectionId));
  const tables = await storage.exec("select name from sqlite_master where name = 'rows'");
  if (tables.length === 0) return 0;
  const [counted] = await storage.exec("select count(*) as n from rows");
  return Number(counted?.n);
}

/** What the crashing worker's shard answers over RPC, as far as these tests ask it. */
interface CrashableShard {
  crashNext(calls: number): Promise<void>;
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

const pending = async () =>
  (await worker.env.DB.prepare("select count(*) as n from erasures").first<{ n: number }>())?.n;

async function until(holds: () => Promise<boolean>, seconds: number): Promise<boolean> {
  for (const start = Date.now(); Date.now() - start < seconds * 1000; ) {
    if (await holds()) return true;
    await new Promise((later) => setTimeout(later, 250));
  }
  return holds();
}

/** A collection in which Neil Armstrong and Buzz Aldrin are enrolled, with their ids. */
async function twoMen() {
  const collectionId = await newCollection(api);
  const armstrong = await enroll(api, {
    collectionId,
    image: photograph("neil-armstrong", "2.jpg"),
    name: "Armstrong",
  });
  const aldrin = await enroll(api, { collectionId, image: photograph("buzz-aldrin", "2.jpg"), name: "Aldrin" });
  return { collectionId, armstrong, aldrin };
}

const whoIs = async (collectionId: string, person: string) => {
  const { faces } = await identify(api, { collectionId, probe: photograph(person, "1.jpg"), targetFpir: 1e-4 });
  return faces[0]?.candidates[0]?.subject.name ?? null;
};

test("what was enrolled is found at once, though the shard lost every call that told it so", async () => {
  const collectionId = await newCollection(api);
  await crashNext(collectionId, 1);
  await enroll(api, { collectionId, image: photograph("neil-armstrong", "2.jpg"), name: "Armstrong" });
  expect(await whoIs(collectionId, "neil-armstrong")).toBe("Armstrong");
});

test("a shard that crashed or was evicted answers as before", async () => {
  const { collectionId } = await twoMen();
  expect(await whoIs(collectionId, "buzz-aldrin")).toBe("Aldrin");
  await worker.harness.getWorker<TestEnv>().evictDurableObject("GALLERY_SHARD", shardName(collectionId));
  expect(await whoIs(collectionId, "buzz-aldrin")).toBe("Aldrin");
});

test("a shard whose storage was emptied fills itself from the log", async () => {
  const { collectionId } = await twoMen();
  await whoIs(collectionId, "buzz-aldrin");
  await crashable(collectionId).erase();
  expect(await vectorsInShard(collectionId)).toBe(0);
  expect(await whoIs(collectionId, "buzz-aldrin")).toBe("Aldrin");
});

test("deleting a subject destroys its templates in D1 and in the shard before it answers", async () => {
  const { collectionId, armstrong } = await twoMen();
  await whoIs(collectionId, "neil-armstrong");
  expect(await vectorsInShard(collectionId)).toBe(2);
  expect(await remove("deleteSubject", armstrong.subject.id)).toMatchObject({ __typename: "Deleted", templates: 1 });
  expect(await vectorsInShard(collectionId)).toBe(1);
  expect(await pending()).toBe(0);
  const left = await worker.env.DB.prepare("select count(*) as n from templates where subject_id = ?")
    .bind(armstrong.subject.id)
    .first<{ n: number }>();
  expect(left?.n).toBe(0);
  expect(await whoIs(collectionId, "neil-armstrong")).toBeNull();
  expect(await whoIs(collectionId, "buzz-aldrin")).toBe("Aldrin");
});

test("deleting a template leaves the subject and its other templates", async () => {
  const { collectionId, aldrin } = await twoMen();
  const more = await enroll(api, {
    collectionId,
    image: photograph("buzz-aldrin", "1.jpg"),
    subjectId: aldrin.subject.id,
  });
  expect(more.subject.templates.edges).toHaveLength(2);
  expect(await remove("deleteTemplate", more.template.id)).toMatchObject({ __typename: "Deleted", templates: 1 });
  expect(await vectorsInShard(collectionId)).toBe(2);
  expect(await whoIs(collectionId, "buzz-aldrin")).toBe("Aldrin");
});

test("a delete whose shard cannot be reached is confirmed within a minute, without a search", async () => {
  const { collectionId, armstrong } = await twoMen();
  await whoIs(collectionId, "neil-armstrong");
  await crashNext(collectionId, 2);
  expect(await remove("deleteSubject", armstrong.subject.id)).toMatchObject({ __typename: "Deleted" });
  expect(await until(async () => (await pending()) === 0, 60)).toBe(true);
  expect(await vectorsInShard(collectionId)).toBe(1);
});

test("a collection is deleted with all its vectors, though its shard lost the call", async () => {
  const { collectionId } = await twoMen();
  await whoIs(collectionId, "neil-armstrong");
  await crashNext(collectionId, 2);
  expect(await remove("deleteCollection", collectionId)).toMatchObject({ __typename: "Deleted", templates: 2 });
  expect(await until(async () => (await vectorsInShard(collectionId)) === 0, 60)).toBe(true);
  expect(await until(async () => (await pending()) === 0, 60)).toBe(true);
  expect(await remove("deleteCollection", collectionId)).toMatchObject({ __typename: "NotFound" });
});

test("where even the queue gave up, the schedule finishes an erasure", async () => {
  const { collectionId, armstrong } = await twoMen();
  await whoIs(collectionId, "neil-armstrong");
  await remove("deleteSubject", armstrong.subject.id);
  await worker.env.DB.prepare(
    "insert into erasures (tenant_id, collection_id, head, whole, created_at) select tenant_id, id, head, 0, 0 from collections where id = ?",
  )
    .bind(collectionId)
    .run();
  await worker.schedule();
  expect(await pending()).toBe(0);
});

test("merged subjects are one, in D1 and in the shard", async () => {
  const { collectionId, armstrong, aldrin } = await twoMen();
  await whoIs(collectionId, "neil-armstrong");
  const { mergeSubjects } = await api.request<{ mergeSubjects: Outcome & { subject: { templates: TemplatePage } } }>(
    MERGE,
    {
      input: { into: aldrin.subject.id, from: armstrong.subject.id },
    },
  );
  expect(mergeSubjects.__typename).toBe("SubjectsMerged");
  expect(mergeSubjects.subject.templates.edges).toHaveLength(2);
  expect(await whoIs(collectionId, "neil-armstrong")).toBe("Aldrin");
  expect(await remove("deleteSubject", armstrong.subject.id)).toMatchObject({ __typename: "NotFound" });
});
