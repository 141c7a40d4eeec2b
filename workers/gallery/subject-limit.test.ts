import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openD1 } from "../../test/support/d1.ts";
import { createTenant } from "../access/tenants.ts";
import { newId } from "../platform/ids.ts";
import { type Collection, type Gallery, openGallery } from "./gallery.ts";
import { MAX_TEMPLATES_OF_SUBJECT } from "./subject-limit.ts";

let database: LocalDatabase;
let gallery: Gallery;
let collection: Collection;
const clock = () => Date.now();
const template = { modelId: "faceplugin-512", vector: new Int8Array(512).fill(1), scale: 0.04 };

beforeAll(async () => {
  database = await openD1();
  const tenant = await createTenant(database.db, "subject limit", clock);
  if (tenant.kind !== "tenantCreated") throw new Error(tenant.message);
  const noOperation = async () => {};
  gallery = openGallery({
    db: database.db,
    shards: () => ({
      search: () => Promise.reject(new Error("This test has no shard.")),
      catchUp: noOperation,
      erase: noOperation,
    }),
    actor: { tenantId: tenant.tenant.id, keyId: null },
    clock,
    waitUntil: () => {},
    confirmErasure: noOperation,
  });
  const created = await gallery.createCollection("subject limit", template.modelId);
  if (created.kind !== "created") throw new Error(created.message);
  collection = created.collection;
});
afterAll(() => database.close());

const add = (subjectId?: string) =>
  gallery.addTemplate(collection, subjectId === undefined ? {} : { id: subjectId }, template, 0.5, async () => ({
    kind: "admitted",
  }));

/** Creates a subject with this many templates: one is enrolled, the others are copies of its row. */
async function subjectWith(templates: number): Promise<string> {
  const added = await add();
  if (added.kind !== "added") throw new Error(`The template was not added: ${added.kind}.`);
  const copies = Array.from({ length: templates - 1 }, () => newId("template"));
  await database.d1.batch([
    database.d1
      .prepare(
        `insert into templates select tenant_id, value, collection_id, subject_id, model_id, vector, scale, quality, created_at
         from templates, json_each(?) where templates.id = ?`,
      )
      .bind(JSON.stringify(copies), added.templateId),
    database.d1
      .prepare("update collections set template_count = template_count + ? where id = ?")
      .bind(copies.length, collection.id),
  ]);
  return added.subjectId;
}

const count = async (subjectId: string) =>
  (await database.d1.prepare("select count(*) as n from templates where subject_id = ?").bind(subjectId).first("n")) ??
  0;
const inCollection = () =>
  database.d1.prepare("select template_count as n from collections where id = ?").bind(collection.id).first("n");

test("a subject gets at most 100 templates, even from concurrent requests", async () => {
  const subject = await subjectWith(MAX_TEMPLATES_OF_SUBJECT - 2);
  const before = Number(await inCollection());
  const answers = await Promise.all(Array.from({ length: 6 }, () => add(subject)));
  expect(answers.map(({ kind }) => kind).toSorted()).toEqual(["added", "added", ...Array(4).fill("conflict")]);
  expect(answers.find(({ kind }) => kind === "conflict")).toMatchObject({
    message: expect.stringContaining("deleteTemplate"),
  });
  expect(await count(subject)).toBe(MAX_TEMPLATES_OF_SUBJECT);
  expect(await inCollection()).toBe(before + 2);
});

test("two subjects with more than 100 templates in total are not merged, and nothing changes", async () => {
  const [into, from] = [await subjectWith(60), await subjectWith(41)];
  const before = await gallery.collection(collection.id);
  expect(await gallery.mergeSubjects(into, from)).toMatchObject({
    kind: "conflict",
    message: expect.stringContaining("101 templates"),
  });
  expect([await count(into), await count(from)]).toEqual([60, 41]);
  expect((await gallery.collection(collection.id))?.head).toBe(before?.head);
});

test("two subjects with 100 templates in total are merged", async () => {
  const [into, from] = [await subjectWith(60), await subjectWith(40)];
  expect(await gallery.mergeSubjects(into, from)).toMatchObject({ kind: "merged" });
  expect([await count(into), await count(from)]).toEqual([100, 0]);
});

test("each subject's page of templates is independent of the other subjects' pages", async () => {
  const subjects = [await subjectWith(7), await subjectWith(1), await subjectWith(3), newId("subject")];
  for (const subject of subjects) {
    const all = (await gallery.templatesOf([subject], { first: 100 })).get(subject)?.items ?? [];
    let after: string | undefined;
    const paged: typeof all = [];
    for (let more = true; more; ) {
      const page = (await gallery.templatesOf(subjects, { first: 2, ...(after === undefined ? {} : { after }) })).get(
        subject,
      )!;
      expect(page.items.length).toBeLessThanOrEqual(2);
      paged.push(...page.items);
      after = page.items.at(-1)?.id;
      more = page.hasNextPage;
    }
    expect(paged).toEqual(all);
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted());
  }
});
