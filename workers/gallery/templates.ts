import { and, asc, eq, gt, lte, ne, type SQL, sql } from "drizzle-orm";
import { collections, galleryLog, subjects, templates } from "../../schema/tables.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { insertAudit, insertAuditIf } from "../platform/audit.ts";
import { isConstraintFailure, oneOf, prepared, runBatch } from "../platform/database.ts";
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
import type { GalleryDeps } from "./deps.ts";
import { advanceHead, countOf, logAdded, logEach, recordErasure } from "./log.ts";
import {
  type Added,
  type Admission,
  type Admitted,
  type Collection,
  type Page,
  type Paged,
  pageOf,
  type Reference,
  type StoredTemplate,
  type Subject,
  type SubjectKey,
  type SubjectReference,
  type TemplateRecord,
} from "./records.ts";
import { isSubjectFull, isWithinLimit, MAX_TEMPLATES_OF_SUBJECT, templateCountOf } from "./subject-limit.ts";

/** The maximum number of templates in a collection, set by the search shard. The table has a check with the same number. */
const MAX_TEMPLATES = 100_000;

/** The maximum number of attempts of an enrollment. An attempt fails only if a concurrent request succeeded. */
const MAX_ATTEMPTS = 10;

const columns = {
  id: templates.id,
  subjectId: templates.subjectId,
  modelId: templates.modelId,
  quality: templates.quality,
  createdAt: templates.createdAt,
};

const ofTemplate = (tenantId: string, id: string) => and(eq(templates.tenantId, tenantId), eq(templates.id, id));

export async function findTemplate({ db, actor }: GalleryDeps, id: string): Promise<TemplateRecord | undefined> {
  return db.select(columns).from(templates).where(ofTemplate(actor.tenantId, id)).get();
}

/** Joins a subject's templates. The condition includes the collection, because the index of the templates begins with it. */
const withSubject = and(
  eq(templates.tenantId, subjects.tenantId),
  eq(templates.collectionId, subjects.collectionId),
  eq(templates.subjectId, subjects.id),
);

/** Lists a page of each subject's templates, oldest first, in one read. The page of a subject that does not exist is empty. */
export async function listTemplates(
  { db, actor }: GalleryDeps,
  subjectIds: readonly string[],
  page: Page,
): Promise<Map<string, Paged<TemplateRecord>>> {
  const rank = sql<number>`row_number() over (partition by ${templates.subjectId} order by ${templates.id})`;
  const ranked = db
    .select({ ...columns, rank: rank.as("rank") })
    .from(subjects)
    .innerJoin(templates, withSubject)
    .where(
      and(
        eq(subjects.tenantId, actor.tenantId),
        oneOf(subjects.id, subjectIds),
        page.after === undefined ? undefined : gt(templates.id, page.after),
      ),
    )
    .as("ranked");
  const rows = await db
    .select()
    .from(ranked)
    .where(lte(ranked.rank, page.first + 1))
    .orderBy(asc(ranked.id));
  const found = Map.groupBy(
    rows.map(({ rank: _, ...template }) => template),
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

/** Selects from the collection, so that a missing collection can be distinguished from a missing subject. */
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

/** Reads a subject with its templates in one round trip, because each verification waits for it. */
export async function findReference(
  { db, actor: { tenantId } }: GalleryDeps,
  key: SubjectKey,
): Promise<Reference | NotFound> {
  if ("id" in key) {
    return referenceOf(await referenceById(db).all({ tenantId, ...key })) ?? notFound("subject", key.id);
  }
  const rows = await referenceByExternalId(db).all({ tenantId, ...key });
  if (rows.length === 0) return notFound("collection", key.collectionId);
  return referenceOf(rows) ?? noSuchExternalId(key.externalId);
}

/** A subject joined with one of its templates. The template columns are null if it has none. */
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
 * Adds a template to an existing or a new subject if `admit` allows it. One batch writes subject, template, log entry, answer and audit
 * row. If a concurrent request changes what the decision was based on, a constraint refuses the batch and the decision is repeated.
 */
export async function addTemplate<Refusal>(
  deps: GalleryDeps,
  collection: Collection,
  reference: SubjectReference,
  template: FaceTemplate,
  quality: number,
  admit: Admission<Refusal>,
  remember?: { key: IdempotencyKey; outcome: (added: Added) => unknown },
): Promise<Added | { kind: "refused"; outcome: Refusal } | { kind: "repeated" } | NotFound | Conflict> {
  const { actor, shards, waitUntil } = deps;
  let current = collection;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const subject = await resolveSubject(deps, current, reference);
    if ("kind" in subject) return subject;
    const { id: subjectId, created, templates } = subject;
    const admission = await admit({ collection: current, subjectId, templates });
    if (admission.kind === "refused") return admission;
    const { lookalikes, ...conditions } = admission;
    const added: Added = { kind: "added", subjectId, templateId: newId("template"), created, lookalikes };
    try {
      await insertTemplate(deps, current, reference, template, quality, added, conditions, remember);
      const at = { tenantId: actor.tenantId, collectionId: current.id, modelId: current.modelId };
      // This only saves time for the next search, which catches up in any case. So a failure is ignored.
      waitUntil(
        shards(actor.tenantId, current.id)
          .catchUp(at)
          .catch(() => {}),
      );
      return added;
    } catch (error) {
      if (!isConstraintFailure(error)) throw error;
      const next = await afterLostRace(deps, current, subjectId, remember?.key);
      if ("kind" in next) return next;
      current = next;
    }
  }
  return conflict(
    "Other requests kept changing the subject or its collection at the same time. Nothing was added. Try again.",
  );
}

async function resolveSubject(
  deps: GalleryDeps,
  collection: Collection,
  { id, externalId }: SubjectReference,
): Promise<{ id: string; created: boolean; templates: StoredTemplate[] } | NotFound | Conflict> {
  const key = id !== undefined ? { id } : externalId !== undefined ? { collectionId: collection.id, externalId } : null;
  const known = key && (await findReference(deps, key));
  if (known?.kind === "reference" && known.subject.collectionId === collection.id) {
    if (externalId !== undefined && known.subject.externalId !== externalId) {
      return conflict("subjectId and externalId belong to different subjects. Send only one of them.");
    }
    return { id: known.subject.id, created: false, templates: known.templates };
  }
  return id === undefined ? { id: newId("subject"), created: true, templates: [] } : notFound("subject", id);
}

async function insertTemplate(
  deps: GalleryDeps,
  collection: Collection,
  reference: SubjectReference,
  template: FaceTemplate,
  quality: number,
  added: Added,
  conditions: Conditions,
  remember?: { key: IdempotencyKey; outcome: (added: Added) => unknown },
): Promise<void> {
  const { db, actor, clock } = deps;
  const guard = guardOf(actor.tenantId, collection.id, added.subjectId, conditions);
  const [first, ...rest] = addTemplateStatements(deps, collection, reference, template, quality, added, guard);
  await db.batch([
    first,
    ...rest,
    ...(remember ? [keepOutcome(db, actor.tenantId, remember.key, remember.outcome(added), clock())] : []),
  ]);
}

type Conditions = Pick<Admitted, "nearest" | "head">;

/** The conditions under which a template may be written, as SQL; undefined if there are none. */
function guardOf(
  tenantId: string,
  collectionId: string,
  subjectId: string,
  { nearest, head }: Conditions,
): SQL | undefined {
  const ofThisSubject = and(
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
    nearest === null ? sql`not exists (select 1 from ${templates} where ${ofThisSubject})` : undefined,
    typeof nearest === "string"
      ? sql`exists (select 1 from ${templates} where ${and(ofThisSubject, eq(templates.id, nearest))})`
      : undefined,
    head === undefined ? undefined : sql`not exists (select 1 from ${galleryLog} where ${addedToOthers})`,
  );
}

/**
 * The statements that add one template: they advance the collection's head and insert the subject (if it is new), the template, the log
 * entry and the audit row. If `guard` is false or the subject is full, the template's subject is NULL. A constraint refuses that, and
 * the whole batch fails.
 */
export function addTemplateStatements(
  { db, actor, clock }: Pick<GalleryDeps, "db" | "actor" | "clock">,
  collection: Pick<Collection, "id">,
  { externalId, name }: SubjectReference,
  { modelId, vector, scale }: FaceTemplate,
  quality: number,
  { subjectId, templateId, created }: Pick<Added, "subjectId" | "templateId" | "created">,
  guard?: SQL,
) {
  const { tenantId } = actor;
  const now = clock();
  const shared = { tenantId, collectionId: collection.id, createdAt: new Date(now) };
  const isNotFull = isWithinLimit(sql`${templateCountOf(tenantId, collection.id, subjectId)} + 1`);
  return [
    advanceHead(db, tenantId, collection.id, 1, 1),
    ...(created
      ? [db.insert(subjects).values({ ...shared, id: subjectId, externalId: externalId ?? null, name: name ?? null })]
      : []),
    db.insert(templates).values({
      ...shared,
      id: templateId,
      subjectId: sql`(select ${subjectId} where ${and(isNotFull, guard)})`,
      modelId,
      vector,
      scale,
      quality,
    }),
    logAdded(db, tenantId, collection.id, templateId, subjectId),
    insertAudit(db, actor, "enroll", templateId, now),
  ] as const;
}

/**
 * Finds out why a constraint refused the batch. Returns the answer to the client, or the collection as it is now if the decision must be
 * repeated.
 */
async function afterLostRace(
  deps: GalleryDeps,
  collection: Collection,
  subjectId: string,
  key?: IdempotencyKey,
): Promise<Collection | { kind: "repeated" } | NotFound | Conflict> {
  const earlier = key && (await earlierOutcome(deps.db, deps.actor.tenantId, key));
  if (earlier) return earlier === "conflict" ? keyReused() : { kind: "repeated" };
  const now = await findCollection(deps, collection.id);
  if (!now) return notFound("collection", collection.id);
  if (now.templateCount >= MAX_TEMPLATES) {
    return conflict(
      `The collection is full: it has ${MAX_TEMPLATES} templates, which is the limit. Delete templates, or enroll into another collection.`,
    );
  }
  if (await isSubjectFull(deps, collection.id, subjectId)) {
    return conflict(
      `The subject has ${MAX_TEMPLATES_OF_SUBJECT} templates, which is the limit. Delete some of them with deleteTemplate and try again.`,
    );
  }
  return now;
}

/** Deletes one template, in D1 and in the shard. Its subject remains. */
export async function deleteTemplate(deps: GalleryDeps, id: string): Promise<Deleted | NotFound> {
  const { db, actor, clock, confirmErasure } = deps;
  const { tenantId } = actor;
  const condition = ofTemplate(tenantId, id);
  const row = await db.select({ collectionId: templates.collectionId }).from(templates).where(condition).get();
  if (!row) return notFound("template", id);
  const { collectionId } = row;
  const templateCount = countOf(condition);
  const now = clock();
  const { deletion } = await runBatch(db, {
    head: advanceHead(db, tenantId, collectionId, templateCount, sql`-${templateCount}`),
    log: logEach(db, "removed", tenantId, collectionId, condition, sql`${templates.subjectId}`),
    erasure: recordErasure(db, tenantId, collectionId, false, now, sql`${templateCount} > 0`),
    audit: insertAuditIf(db, actor, "deleteTemplate", templates, condition, now),
    deletion: db.delete(templates).where(condition),
  });
  if (deletion.meta.changes === 0) return notFound("template", id);
  await confirmErasure(collectionId);
  return { kind: "deleted", deletedId: id, templates: 1 };
}
