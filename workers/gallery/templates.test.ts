import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LocalDatabase, openD1 } from "../../test/support/d1.ts";
import { createTenant } from "../access/tenants.ts";
import { quantize } from "../matching/template.ts";
import { openDatabase } from "../platform/database.ts";
import { type Collection, type Gallery, openGallery, type Subject } from "./gallery.ts";

let database: LocalDatabase;
let gallery: Gallery;
let collection: Collection;
const clock = () => Date.UTC(2026, 0, 1);

/** The gallery of a tenant on a real D1. These tests do not search, so they need no shard. */
const galleryOn = (d1: LocalDatabase["d1"], tenantId: string) =>
  openGallery({
    db: openDatabase(d1),
    actor: { tenantId, keyId: null },
    clock,
    waitUntil: () => {},
    confirmErasure: async () => {},
    shards: () => ({
      search: () => Promise.reject(new Error("This test has no shard.")),
      catchUp: async () => {},
      erase: async () => {},
    }),
  });

let tenantId: string;
beforeAll(async () => {
  database = await openD1();
  const result = await createTenant(database.db, "gallery", clock);
  if (result.kind !== "tenantCreated") throw new Error(result.message);
  tenantId = result.tenant.id;
  gallery = galleryOn(database.d1, tenantId);
});
afterAll(() => database.close());
beforeEach(async () => {
  const result = await gallery.createCollection("races", "mobilefacenet-192");
  if (result.kind !== "created") throw new Error(result.message);
  collection = result.collection;
});

const template = quantize(
  Float32Array.from({ length: 192 }, (_, i) => Math.sin(i)),
  "mobilefacenet-192",
);

type TestConditions = { nearest?: string | null; head?: number };

/**
 * Adds a template under conditions. `between` runs between the first decision and its batch. Returns in `seen` the ids of the subject's
 * templates at each decision.
 */
async function add(
  subject: { id?: string; externalId?: string },
  decide: (target: { head: number; templateIds: string[] }) => TestConditions = () => ({}),
  between: () => Promise<unknown> = async () => {},
) {
  const seen: string[][] = [];
  const outcome = await gallery.addTemplate(collection, subject, template, 0.5, async (target) => {
    const templateIds = target.templates.map(({ id }) => id);
    seen.push(templateIds);
    if (seen.length === 1) await between();
    return { kind: "admitted" as const, ...decide({ head: target.collection.head, templateIds }) };
  });
  return { outcome, seen };
}

const whileNearestRemains = ({ templateIds }: { templateIds: string[] }) => ({ nearest: templateIds[0] ?? null });
const whileHeadRemains = ({ head }: { head: number }) => ({ head });

async function added(subject: { id?: string; externalId?: string }) {
  const { outcome } = await add(subject);
  if (outcome.kind !== "added") throw new Error(outcome.kind);
  return outcome;
}

const templateIdsOf = async (subjectId: string) =>
  (await gallery.templatesOf([subjectId], { first: 100 })).get(subjectId)?.items.map(({ id }) => id) ?? [];

test("if the subject had no template at the decision and gets one before the batch, the decision is repeated", async () => {
  const { subjectId, templateId } = await added({});
  await gallery.deleteTemplate(templateId);
  let first: string | undefined;
  const { outcome, seen } = await add({ id: subjectId }, whileNearestRemains, async () => {
    first = (await added({ id: subjectId })).templateId;
  });
  expect(outcome.kind).toBe("added");
  expect(seen).toEqual([[], [first]]);
});

test("if the template that the face was compared with is deleted before the batch, the decision is repeated", async () => {
  const { subjectId, templateId } = await added({});
  const { seen } = await add({ id: subjectId }, whileNearestRemains, () => gallery.deleteTemplate(templateId));
  expect(seen).toEqual([[templateId], []]);
});

test("if the template that the face was compared with remains, the decision is not repeated when others are added", async () => {
  const { subjectId, templateId } = await added({});
  const { seen } = await add({ id: subjectId }, whileNearestRemains, () => added({ id: subjectId }));
  expect(seen).toEqual([[templateId]]);
  expect(await templateIdsOf(subjectId)).toHaveLength(3);
});

test("if two requests create the same subject, the second is compared with the first one's template", async () => {
  let winner: string | undefined;
  const { outcome, seen } = await add({ externalId: "new" }, whileNearestRemains, async () => {
    winner = (await added({ externalId: "new" })).templateId;
  });
  expect(outcome).toMatchObject({ kind: "added", created: false });
  expect(seen).toEqual([[], [winner]]);
});

test("a face that was compared with all subjects is compared again if another subject got a template", async () => {
  const other = await added({ externalId: "other" });
  collection = (await gallery.collection(collection.id))!;
  const cases: [change: () => Promise<unknown>, decisions: number][] = [
    [() => added({ externalId: "third" }), 2],
    [() => added({ externalId: "own" }), 1],
    [() => gallery.deleteTemplate(other.templateId), 1],
  ];
  const own = await added({ externalId: "own" });
  for (const [change, decisions] of cases) {
    collection = (await gallery.collection(collection.id))!;
    const { seen } = await add({ id: own.subjectId }, whileHeadRemains, change);
    expect(seen).toHaveLength(decisions);
  }
});

test("an enrollment that loses each race ends with a conflict and changes nothing", async () => {
  const { subjectId } = await added({});
  const outcome = await gallery.addTemplate(collection, {}, template, 0.5, async ({ collection: { head } }) => {
    await added({ id: subjectId });
    return { kind: "admitted", head };
  });
  expect(outcome).toMatchObject({ kind: "conflict", message: expect.stringContaining("Try again") });
  const page = await gallery.subjects(collection.id, { first: 10 });
  expect(page.items.map(({ id }: Subject) => id)).toEqual([subjectId]);
  const count = (await gallery.collection(collection.id))?.templateCount;
  expect(count).toBe((await templateIdsOf(subjectId)).length);
});

test("a refused enrollment changes nothing", async () => {
  const outcome = await gallery.addTemplate(collection, { externalId: "x" }, template, 0.5, async () => ({
    kind: "refused",
    outcome: "no",
  }));
  expect(outcome).toEqual({ kind: "refused", outcome: "no" });
  expect(await gallery.subjectCount(collection.id)).toBe(0);
});

test("a subject's templates are read in one round trip, by id and by externalId", async () => {
  const { subjectId, templateId } = await added({ externalId: "known" });
  await added({ id: subjectId });
  for (const key of [{ id: subjectId }, { collectionId: collection.id, externalId: "known" }]) {
    let trips = 0;
    const counting = new Proxy(database.d1, {
      get(target, name, receiver) {
        if (name === "prepare" || name === "batch") trips++;
        const value = Reflect.get(target, name, receiver);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const reference = await galleryOn(counting, tenantId).reference(key);
    expect(trips).toBe(1);
    expect(reference).toMatchObject({ kind: "reference", subject: { id: subjectId, externalId: "known" } });
    expect(reference.kind === "reference" && reference.templates).toHaveLength(2);
    expect(reference.kind === "reference" && reference.templates.find(({ id }) => id === templateId)).toEqual({
      id: templateId,
      ...template,
    });
  }
});

test("a missing subject and a missing collection give different answers", async () => {
  const missing = async (key: { collectionId: string; externalId: string }) => {
    const reference = await gallery.reference(key);
    return reference.kind === "notFound" && reference.missingId;
  };
  expect(await missing({ collectionId: collection.id, externalId: "nobody" })).toBe("nobody");
  expect(await missing({ collectionId: "col_x", externalId: "nobody" })).toBe("col_x");
});
