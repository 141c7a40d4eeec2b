import { and, asc, eq, sql } from "drizzle-orm";
import { audit, subjects, templates } from "../../schema/tables.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { auditEntry, auditRow } from "../platform/audit.ts";
import { isConstraintFailure, prepared } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey, keepOutcome } from "../platform/idempotency.ts";
import { newId } from "../platform/ids.ts";
import { type Conflict, conflict, type Deleted, keyReused, type NotFound, notFound } from "../platform/outcomes.ts";
import { findCollection } from "./collections.ts";
import { advanceHead, countOf, logAdded, logEach, noteErasure, ofSubject } from "./log.ts";
import type { GalleryParts } from "./parts.ts";
import type { Added, Collection, Reference, Subject, SubjectReference, TemplateRecord } from "./records.ts";
import { findByExternalId, findSubject } from "./subjects.ts";

/** The limit of one search shard; the table's check says the same. */
const MAX_TEMPLATES = 100_000;

/** Tries of an enrollment that lost a race; each one answers from what won. */
const TRIES = 5;

const shown = {
  id: templates.id,
  subjectId: templates.subjectId,
  modelId: templates.modelId,
  quality: templates.quality,
  createdAt: templates.createdAt,
};

const ofTemplate = (tenantId: string, id: string) => and(eq(templates.tenantId, tenantId), eq(templates.id, id));

export async function findTemplate({ db, actor }: GalleryParts, id: string): Promise<TemplateRecord | undefined> {
  return db.select(shown).from(templates).where(ofTemplate(actor.tenantId, id)).get();
}

/** The join that lets a subject's templates be found by their index, which begins with the collection. */
const withSubject = and(
  eq(templates.tenantId, subjects.tenantId),
  eq(templates.collectionId, subjects.collectionId),
  eq(templates.subjectId, subjects.id),
);

export async function listTemplates({ db, actor }: GalleryParts, subjectId: string): Promise<TemplateRecord[]> {
  return db
    .select(shown)
    .from(subjects)
    .innerJoin(templates, withSubject)
    .where(ofSubject(actor.tenantId, subjectId))
    .orderBy(asc(templates.id));
}

const referenceById = prepared((db) =>
  db
    .select({ subject: subjects, modelId: templates.modelId, vector: templates.vector, scale: templates.scale })
    .from(subjects)
    .leftJoin(templates, withSubject)
    .where(and(eq(subjects.tenantId, sql.placeholder("tenantId")), eq(subjects.id, sql.placeholder("id"))))
    .prepare(),
);

/** One round trip: a verification waits for it. */
export async function findReference({ db, actor }: GalleryParts, id: string): Promise<Reference | undefined> {
  const rows = await referenceById(db).all({ tenantId: actor.tenantId, id });
  const first = rows[0];
  if (!first) return undefined;
  return {
    subject: first.subject,
    templates: rows.flatMap(({ modelId, vector, scale }) =>
      modelId !== null && vector !== null && scale !== null ? [{ modelId, vector, scale }] : [],
    ),
  };
}

/** Adds a template to a subject, or to a new one: subject, template, log entry, answer and audit row in one batch. */
export async function addTemplate(
  parts: GalleryParts,
  collection: Collection,
  reference: SubjectReference,
  template: FaceTemplate,
  quality: number,
  remember?: { key: IdempotencyKey; outcome: (added: Added) => unknown },
): Promise<Added | NotFound | Conflict> {
  const { actor, shards, later } = parts;
  for (let attempt = 1; ; attempt++) {
    const subject = await resolveSubject(parts, collection, reference);
    if ("kind" in subject) return subject;
    const added: Added = {
      kind: "added",
      subjectId: subject.id,
      templateId: newId("template"),
      created: subject.created,
    };
    try {
      await insertTemplate(parts, collection, reference, template, quality, added, remember);
      const at = { tenantId: actor.tenantId, collectionId: collection.id, modelId: collection.modelId };
      // A search catches up by itself: a lost call here costs nothing but time.
      later(
        shards(actor.tenantId, collection.id)
          .catchUp(at)
          .catch(() => {}),
      );
      return added;
    } catch (error) {
      if (!isConstraintFailure(error)) throw error;
      const refused = await whyRefused(parts, collection, remember?.key);
      if (refused) return refused;
      if (attempt === TRIES) throw error;
    }
  }
}

async function resolveSubject(
  parts: GalleryParts,
  collection: Collection,
  { id, externalId }: SubjectReference,
): Promise<(Pick<Subject, "id"> & { created: boolean }) | NotFound | Conflict> {
  if (id !== undefined) {
    const subject = await findSubject(parts, id);
    if (subject?.collectionId !== collection.id) return notFound("subject", id);
    if (externalId !== undefined && subject.externalId !== externalId) {
      return conflict("subjectId and externalId name different subjects. Give one of them.");
    }
    return { id, created: false };
  }
  const known = externalId === undefined ? undefined : await findByExternalId(parts, collection.id, externalId);
  return known ? { id: known.id, created: false } : { id: newId("subject"), created: true };
}

async function insertTemplate(
  parts: GalleryParts,
  collection: Collection,
  reference: SubjectReference,
  template: FaceTemplate,
  quality: number,
  added: Added,
  remember?: { key: IdempotencyKey; outcome: (added: Added) => unknown },
): Promise<void> {
  const { db, actor, clock } = parts;
  const [first, ...rest] = additionOf(parts, collection, reference, template, quality, added);
  await db.batch([
    first,
    ...rest,
    ...(remember ? [keepOutcome(db, actor.tenantId, remember.key, remember.outcome(added), clock())] : []),
  ]);
}

/** The statements that add one template: the collection's head, the subject where it is new, template, log entry, audit row. */
export function additionOf(
  { db, actor, clock }: Pick<GalleryParts, "db" | "actor" | "clock">,
  collection: Pick<Collection, "id">,
  { externalId, name }: SubjectReference,
  { modelId, vector, scale }: FaceTemplate,
  quality: number,
  { subjectId, templateId, created }: Omit<Added, "kind">,
) {
  const { tenantId } = actor;
  const now = clock();
  const of = { tenantId, collectionId: collection.id, createdAt: new Date(now) };
  return [
    advanceHead(db, tenantId, collection.id, 1, 1),
    ...(created
      ? [db.insert(subjects).values({ ...of, id: subjectId, externalId: externalId ?? null, name: name ?? null })]
      : []),
    db.insert(templates).values({ ...of, id: templateId, subjectId, modelId, vector, scale, quality }),
    logAdded(db, tenantId, collection.id, templateId, subjectId),
    auditEntry(db, actor, "enroll", templateId, now),
  ] as const;
}

/** A batch was refused by a constraint: what won? Undefined: a race that another try settles. */
async function whyRefused(
  parts: GalleryParts,
  collection: Collection,
  key?: IdempotencyKey,
): Promise<Added | NotFound | Conflict | undefined> {
  if (key) {
    const earlier = await earlierOutcome<Pick<Added, "subjectId" | "templateId" | "created">>(
      parts.db,
      parts.actor.tenantId,
      key,
    );
    if (earlier === "conflict") return keyReused();
    if (earlier) {
      const { subjectId, templateId, created } = earlier.outcome;
      return { kind: "added", subjectId, templateId, created };
    }
  }
  const now = await findCollection(parts, collection.id);
  if (!now) return notFound("collection", collection.id);
  if (now.templateCount >= MAX_TEMPLATES) {
    return conflict(
      `The collection is full: it holds ${MAX_TEMPLATES} templates. Delete templates, or enroll into another collection.`,
    );
  }
  return undefined;
}

/** Destroys one template, in D1 and in the shard; its subject stays. */
export async function deleteTemplate(parts: GalleryParts, id: string): Promise<Deleted | NotFound> {
  const { db, actor, clock, confirmErasure } = parts;
  const { tenantId } = actor;
  const condition = ofTemplate(tenantId, id);
  const row = await db.select({ collectionId: templates.collectionId }).from(templates).where(condition).get();
  if (!row) return notFound("template", id);
  const { collectionId } = row;
  const present = countOf(condition);
  const now = clock();
  const entry = auditRow(actor, "deleteTemplate", id, now);
  const [, , , , destroyed] = await db.batch([
    advanceHead(db, tenantId, collectionId, present, sql`-${present}`),
    logEach(db, "removed", tenantId, collectionId, condition, sql`${templates.subjectId}`),
    noteErasure(db, tenantId, collectionId, false, now, sql`${present} > 0`),
    db.insert(audit).select(
      sql`select ${templates.tenantId}, ${entry.id}, ${entry.keyId}, ${entry.action}, ${templates.id}, ${now}
          from ${templates} where ${condition}`,
    ),
    db.delete(templates).where(condition),
  ]);
  if (destroyed.meta.changes === 0) return notFound("template", id);
  await confirmErasure(collectionId);
  return { kind: "deleted", deletedId: id, templates: 1 };
}
