import { and, asc, eq, gt, lte, ne, type SQL, sql } from "drizzle-orm";
import { audit, collections, galleryLog, subjects, templates } from "../../schema/tables.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { auditEntry, auditRow } from "../platform/audit.ts";
import { isConstraintFailure, oneOf, prepared } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey, keepOutcome } from "../platform/idempotency.ts";
import { newId } from "../platform/ids.ts";
import {
  type Conflict,
  conflict,
  type Deleted,
  keyReused,
  type NotFound,
  noSuchExternalId,
  notFound,
} from "../platform/outcomes.ts";
import { findCollection } from "./collections.ts";
import { advanceHead, countOf, logAdded, logEach, noteErasure } from "./log.ts";
import { pageOf } from "./page.ts";
import type { GalleryParts } from "./parts.ts";
import type {
  Added,
  Admission,
  Admitted,
  Collection,
  Page,
  Paged,
  Reference,
  StoredTemplate,
  Subject,
  SubjectKey,
  SubjectReference,
  TemplateRecord,
} from "./records.ts";
import { hasRoom, isFull, MAX_TEMPLATES_OF_SUBJECT, templatesOf } from "./room.ts";

/** The limit of one search shard; the table's check says the same. */
const MAX_TEMPLATES = 100_000;

/** Tries of an enrollment that lost a race; each one decides on what won. Somebody else succeeded each time that one fails. */
const TRIES = 10;

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

/** A page of each subject's templates, oldest first, in one read. A subject that does not exist has none. */
export async function listTemplates(
  { db, actor }: GalleryParts,
  subjectIds: readonly string[],
  page: Page,
): Promise<Map<string, Paged<TemplateRecord>>> {
  const place = sql<number>`row_number() over (partition by ${templates.subjectId} order by ${templates.id})`;
  const placed = db
    .select({ ...shown, place: place.as("place") })
    .from(subjects)
    .innerJoin(templates, withSubject)
    .where(
      and(
        eq(subjects.tenantId, actor.tenantId),
        oneOf(subjects.id, subjectIds),
        page.after === undefined ? undefined : gt(templates.id, page.after),
      ),
    )
    .as("placed");
  const rows = await db
    .select()
    .from(placed)
    .where(lte(placed.place, page.first + 1))
    .orderBy(asc(placed.id));
  const found = Map.groupBy(
    rows.map(({ place: _, ...template }) => template),
    ({ subjectId }) => subjectId,
  );
  return new Map(subjectIds.map((id) => [id, pageOf(found.get(id) ?? [], page)]));
}

const referenceRow = {
  subject: subjects,
  templateId: templates.id,
  modelId: templates.modelId,
  vector: templates.vector,
  scale: templates.scale,
};

const referenceById = prepared((db) =>
  db
    .select(referenceRow)
    .from(subjects)
    .leftJoin(templates, withSubject)
    .where(and(eq(subjects.tenantId, sql.placeholder("tenantId")), eq(subjects.id, sql.placeholder("id"))))
    .prepare(),
);

/** From the collection on, so that a missing collection and a missing subject are told apart. */
const referenceByExternalId = prepared((db) =>
  db
    .select(referenceRow)
    .from(collections)
    .leftJoin(
      subjects,
      and(
        eq(subjects.tenantId, collections.tenantId),
        eq(subjects.collectionId, collections.id),
        eq(subjects.externalId, sql.placeholder("externalId")),
      ),
    )
    .leftJoin(templates, withSubject)
    .where(
      and(eq(collections.tenantId, sql.placeholder("tenantId")), eq(collections.id, sql.placeholder("collectionId"))),
    )
    .prepare(),
);

/** One round trip: a verification waits for it. */
export async function findReference(
  { db, actor: { tenantId } }: GalleryParts,
  key: SubjectKey,
): Promise<Reference | NotFound> {
  if ("id" in key) {
    return referenceOf(await referenceById(db).all({ tenantId, ...key })) ?? notFound("subject", key.id);
  }
  const rows = await referenceByExternalId(db).all({ tenantId, ...key });
  if (rows.length === 0) return notFound("collection", key.collectionId);
  return referenceOf(rows) ?? noSuchExternalId(key.externalId);
}

/** A subject beside one of its templates: nulls where it has none. */
interface ReferenceRow {
  subject: Subject | null;
  templateId: string | null;
  modelId: string | null;
  vector: Int8Array | null;
  scale: number | null;
}

function referenceOf(rows: readonly ReferenceRow[]): Reference | undefined {
  const subject = rows[0]?.subject;
  if (!subject) return undefined;
  const templates = rows.flatMap(({ templateId, modelId, vector, scale }) =>
    templateId !== null && modelId !== null && vector !== null && scale !== null
      ? [{ id: templateId, modelId, vector, scale }]
      : [],
  );
  return { kind: "reference", subject, templates };
}

/**
 * Adds a template to a subject, or to a new one, if `admit` allows it: subject, template, log entry, answer and audit row in one
 * batch. A batch that loses a race is refused by a constraint, and the decision is made again on what won.
 */
export async function addTemplate<Refusal>(
  parts: GalleryParts,
  collection: Collection,
  reference: SubjectReference,
  template: FaceTemplate,
  quality: number,
  admit: Admission<Refusal>,
  remember?: { key: IdempotencyKey; outcome: (added: Added) => unknown },
): Promise<Added | { kind: "refused"; outcome: Refusal } | { kind: "repeated" } | NotFound | Conflict> {
  const { actor, shards, later } = parts;
  let current = collection;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const subject = await resolveSubject(parts, current, reference);
    if ("kind" in subject) return subject;
    const { id: subjectId, created, templates } = subject;
    const admission = await admit({ collection: current, subjectId, templates });
    if (admission.kind === "refused") return admission;
    const { lookalikes, ...conditions } = admission;
    const added: Added = { kind: "added", subjectId, templateId: newId("template"), created, lookalikes };
    try {
      await insertTemplate(parts, current, reference, template, quality, added, conditions, remember);
      const at = { tenantId: actor.tenantId, collectionId: current.id, modelId: current.modelId };
      // A search catches up by itself: a lost call here costs nothing but time.
      later(
        shards(actor.tenantId, current.id)
          .catchUp(at)
          .catch(() => {}),
      );
      return added;
    } catch (error) {
      if (!isConstraintFailure(error)) throw error;
      const next = await afterLostRace(parts, current, subjectId, remember?.key);
      if ("kind" in next) return next;
      current = next;
    }
  }
  return conflict("Other requests changed the subject or its collection at the same time. Try again.");
}

async function resolveSubject(
  parts: GalleryParts,
  collection: Collection,
  { id, externalId }: SubjectReference,
): Promise<{ id: string; created: boolean; templates: StoredTemplate[] } | NotFound | Conflict> {
  const key = id !== undefined ? { id } : externalId !== undefined ? { collectionId: collection.id, externalId } : null;
  const known = key && (await findReference(parts, key));
  if (known?.kind === "reference" && known.subject.collectionId === collection.id) {
    if (externalId !== undefined && known.subject.externalId !== externalId) {
      return conflict("subjectId and externalId name different subjects. Give one of them.");
    }
    return { id: known.subject.id, created: false, templates: known.templates };
  }
  return id === undefined ? { id: newId("subject"), created: true, templates: [] } : notFound("subject", id);
}

async function insertTemplate(
  parts: GalleryParts,
  collection: Collection,
  reference: SubjectReference,
  template: FaceTemplate,
  quality: number,
  added: Added,
  conditions: Conditions,
  remember?: { key: IdempotencyKey; outcome: (added: Added) => unknown },
): Promise<void> {
  const { db, actor, clock } = parts;
  const provided = conditionOf(actor.tenantId, collection.id, added.subjectId, conditions);
  const [first, ...rest] = additionOf(parts, collection, reference, template, quality, added, provided);
  await db.batch([
    first,
    ...rest,
    ...(remember ? [keepOutcome(db, actor.tenantId, remember.key, remember.outcome(added), clock())] : []),
  ]);
}

type Conditions = Pick<Admitted, "nearest" | "head">;

/** What has to hold when a template is written, as SQL; undefined: nothing. */
function conditionOf(
  tenantId: string,
  collectionId: string,
  subjectId: string,
  { nearest, head }: Conditions,
): SQL | undefined {
  const theirs = and(
    eq(templates.tenantId, tenantId),
    eq(templates.collectionId, collectionId),
    eq(templates.subjectId, subjectId),
  );
  const addedToOthers = and(
    eq(galleryLog.tenantId, tenantId),
    eq(galleryLog.collectionId, collectionId),
    gt(galleryLog.sequence, head ?? 0),
    ne(galleryLog.change, "removed"),
    ne(galleryLog.subjectId, subjectId),
  );
  return and(
    nearest === null ? sql`not exists (select 1 from ${templates} where ${theirs})` : undefined,
    typeof nearest === "string"
      ? sql`exists (select 1 from ${templates} where ${and(theirs, eq(templates.id, nearest))})`
      : undefined,
    head === undefined ? undefined : sql`not exists (select 1 from ${galleryLog} where ${addedToOthers})`,
  );
}

/**
 * The statements that add one template: the collection's head, the subject where it is new, template, log entry, audit row. Where
 * `provided` does not hold, or the subject is full, the template has no subject, which a constraint refuses, and the batch with it.
 */
export function additionOf(
  { db, actor, clock }: Pick<GalleryParts, "db" | "actor" | "clock">,
  collection: Pick<Collection, "id">,
  { externalId, name }: SubjectReference,
  { modelId, vector, scale }: FaceTemplate,
  quality: number,
  { subjectId, templateId, created }: Pick<Added, "subjectId" | "templateId" | "created">,
  provided?: SQL,
) {
  const { tenantId } = actor;
  const now = clock();
  const of = { tenantId, collectionId: collection.id, createdAt: new Date(now) };
  const room = hasRoom(sql`${templatesOf(tenantId, collection.id, subjectId)} + 1`);
  return [
    advanceHead(db, tenantId, collection.id, 1, 1),
    ...(created
      ? [db.insert(subjects).values({ ...of, id: subjectId, externalId: externalId ?? null, name: name ?? null })]
      : []),
    db.insert(templates).values({
      ...of,
      id: templateId,
      subjectId: sql`(select ${subjectId} where ${and(room, provided)})`,
      modelId,
      vector,
      scale,
      quality,
    }),
    logAdded(db, tenantId, collection.id, templateId, subjectId),
    auditEntry(db, actor, "enroll", templateId, now),
  ] as const;
}

/** What to answer after a constraint refused the batch. A collection: another request was faster; try again with it as it is now. */
async function afterLostRace(
  parts: GalleryParts,
  collection: Collection,
  subjectId: string,
  key?: IdempotencyKey,
): Promise<Collection | { kind: "repeated" } | NotFound | Conflict> {
  const earlier = key && (await earlierOutcome(parts.db, parts.actor.tenantId, key));
  if (earlier) return earlier === "conflict" ? keyReused() : { kind: "repeated" };
  const now = await findCollection(parts, collection.id);
  if (!now) return notFound("collection", collection.id);
  if (now.templateCount >= MAX_TEMPLATES) {
    return conflict(
      `The collection is full: it holds ${MAX_TEMPLATES} templates. Delete templates, or enroll into another collection.`,
    );
  }
  if (await isFull(parts, collection.id, subjectId)) {
    return conflict(
      `The subject has ${MAX_TEMPLATES_OF_SUBJECT} templates, which is the most. Delete some of them first (deleteTemplate).`,
    );
  }
  return now;
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
