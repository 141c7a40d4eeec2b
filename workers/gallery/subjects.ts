import { and, asc, count, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { subjects, templates } from "../../schema/tables.ts";
import { insertAuditIf } from "../platform/audit.ts";
import { isConstraintFailure, oneOf, runBatch } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey, keepOutcome } from "../platform/idempotency.ts";
import { type Conflict, conflict, type Deleted, keyReused, type NotFound, notFound } from "../platform/outcomes.ts";
import { deletedSince } from "./collections.ts";
import type { GalleryDeps } from "./deps.ts";
import { advanceHead, countOf, logEach, ofSubject, recordErasure, subjectExists, subjectsIn } from "./log.ts";
import { type Page, type Paged, pageOf, type Subject } from "./records.ts";
import { isWithinLimit, MAX_TEMPLATES_OF_SUBJECT, templateCountOf } from "./subject-limit.ts";

const columns = {
  id: subjects.id,
  collectionId: subjects.collectionId,
  externalId: subjects.externalId,
  name: subjects.name,
  createdAt: subjects.createdAt,
};

export async function findSubject({ db, actor }: GalleryDeps, id: string): Promise<Subject | undefined> {
  return db.select(columns).from(subjects).where(ofSubject(actor.tenantId, id)).get();
}

export async function findByExternalId(
  { db, actor }: GalleryDeps,
  collectionId: string,
  externalId: string,
): Promise<Subject | undefined> {
  return db
    .select(columns)
    .from(subjects)
    .where(and(subjectsIn(actor.tenantId, collectionId), eq(subjects.externalId, externalId)))
    .get();
}

export async function findSubjects({ db, actor }: GalleryDeps, ids: readonly string[]): Promise<Map<string, Subject>> {
  const found = await db
    .select(columns)
    .from(subjects)
    .where(and(eq(subjects.tenantId, actor.tenantId), oneOf(subjects.id, ids)));
  return new Map(found.map((subject) => [subject.id, subject]));
}

export async function listSubjects(
  { db, actor }: GalleryDeps,
  collectionId: string,
  page: Page,
): Promise<Paged<Subject>> {
  const found = await db
    .select(columns)
    .from(subjects)
    .where(and(subjectsIn(actor.tenantId, collectionId), page.after ? gt(subjects.id, page.after) : undefined))
    .orderBy(asc(subjects.id))
    .limit(page.first + 1);
  return pageOf(found, page);
}

export async function countSubjects({ db, actor }: GalleryDeps, collectionId: string): Promise<number> {
  const row = await db.select({ n: count() }).from(subjects).where(subjectsIn(actor.tenantId, collectionId)).get();
  return row?.n ?? 0;
}

/** Writes the audit row of a change, if the subject still exists and `when` holds. */
const auditSubject = ({ db, actor }: GalleryDeps, action: string, id: string, now: number, when?: SQL) =>
  insertAuditIf(db, actor, action, subjects, and(ofSubject(actor.tenantId, id), when), now);

/** Writes only the given fields, because another update of the same subject may run at the same time. */
export async function updateSubject(
  deps: GalleryDeps,
  id: string,
  change: { name?: string | null; externalId?: string | null },
): Promise<{ kind: "updated"; subject: Subject } | NotFound | Conflict> {
  const { db, actor, clock } = deps;
  try {
    const {
      updated: [subject],
    } = await runBatch(db, {
      audit: auditSubject(deps, "updateSubject", id, clock()),
      updated: db
        .update(subjects)
        .set({
          name: change.name === undefined ? sql`${subjects.name}` : change.name,
          externalId: change.externalId === undefined ? sql`${subjects.externalId}` : change.externalId,
        })
        .where(ofSubject(actor.tenantId, id))
        .returning(columns),
    });
    return subject ? { kind: "updated", subject } : notFound("subject", id);
  } catch (error) {
    if (!isConstraintFailure(error)) throw error;
    return conflict(
      "Another subject of this collection already has this externalId. Use a different externalId, or merge the two subjects.",
    );
  }
}

/** Deletes a subject and all its templates, in D1 and in the shard. */
export async function deleteSubject(deps: GalleryDeps, id: string): Promise<Deleted | NotFound> {
  const { db, actor, clock, confirmErasure } = deps;
  const { tenantId } = actor;
  const subject = await findSubject(deps, id);
  if (!subject) return notFound("subject", id);
  const { collectionId } = subject;
  const ofThisSubject = and(
    eq(templates.tenantId, tenantId),
    eq(templates.collectionId, collectionId),
    eq(templates.subjectId, id),
  );
  const now = clock();
  const { deletedTemplates, deletion } = await runBatch(db, {
    head: advanceHead(db, tenantId, collectionId, countOf(ofThisSubject), sql`-${countOf(ofThisSubject)}`),
    log: logEach(db, "removed", tenantId, collectionId, ofThisSubject, sql`${templates.subjectId}`),
    erasure: recordErasure(db, tenantId, collectionId, false, now, subjectExists(tenantId, id)),
    audit: auditSubject(deps, "deleteSubject", id, now),
    deletedTemplates: db.delete(templates).where(ofThisSubject),
    deletion: db.delete(subjects).where(ofSubject(tenantId, id)),
  });
  // Another request deleted the subject at the same time.
  if (deletion.meta.changes === 0) return notFound("subject", id);
  await confirmErasure(collectionId);
  return { kind: "deleted", deletedId: id, templates: deletedTemplates.meta.changes };
}

/** Moves all templates of the subject `from` to the subject `into` of the same collection, and deletes `from`. */
export async function mergeSubjects(
  deps: GalleryDeps,
  into: string,
  from: string,
  key?: IdempotencyKey,
): Promise<{ kind: "merged"; subject: Subject } | NotFound | Conflict> {
  const { db, actor, clock } = deps;
  const { tenantId } = actor;
  const earlier = key && (await earlierMerge(deps, key));
  if (earlier) return earlier;
  if (into === from) return conflict("A subject cannot be merged into itself. Send the ids of two different subjects.");
  const both = await findSubjects(deps, [into, from]);
  const [target, source] = [both.get(into), both.get(from)];
  if (!target) return notFound("subject", into);
  if (!source) return notFound("subject", from);
  if (target.collectionId !== source.collectionId) {
    return conflict("The subjects are in different collections. Only subjects of one collection can be merged.");
  }
  const { collectionId } = target;
  // Either subject may be deleted or merged before the batch runs. Then the batch changes nothing, and writes no audit row and no answer.
  const bothExist = sql`${subjectExists(tenantId, into)} and ${subjectExists(tenantId, from)}`;
  const movedTemplates = and(
    eq(templates.tenantId, tenantId),
    eq(templates.collectionId, collectionId),
    eq(templates.subjectId, from),
    bothExist,
  );
  const countTemplates = (subjectId: string) => templateCountOf(tenantId, collectionId, subjectId);
  const totalCount = sql`(select ${countTemplates(into)} + ${countTemplates(from)})`;
  const now = clock();
  try {
    const { found } = await runBatch(db, {
      found: db
        .select(columns)
        .from(subjects)
        .where(and(subjectsIn(tenantId, collectionId), inArray(subjects.id, [into, from]))),
      head: advanceHead(db, tenantId, collectionId, countOf(movedTemplates), 0),
      log: logEach(db, "moved", tenantId, collectionId, movedTemplates, into),
      // The limit applies to the total of both subjects. One UPDATE moves all templates, so the total does not change while it is checked.
      moved: db
        .update(templates)
        .set({ subjectId: sql`(select ${into} where ${isWithinLimit(totalCount)})` })
        .where(movedTemplates),
      audit: auditSubject(deps, "mergeSubjects", into, now, bothExist),
      outcome: key && keepOutcome(db, tenantId, key, { subjectId: into }, now, bothExist),
      // This must be last: the statements before it check whether the source exists.
      deletion: db.delete(subjects).where(and(ofSubject(tenantId, from), subjectExists(tenantId, into))),
    });
    const subject = found.find(({ id }) => id === into);
    if (subject && found.length === 2) return { kind: "merged", subject };
    // Another call with the same key may have merged them.
    return (key && (await earlierMerge(deps, key))) ?? notFound("subject", subject ? from : into);
  } catch (error) {
    if (!isConstraintFailure(error)) throw error;
    const first = key && (await earlierMerge(deps, key));
    if (first) return first;
    const row = await db.get<{ n: number }>(sql`select ${totalCount} as n`);
    if (row.n <= MAX_TEMPLATES_OF_SUBJECT) throw error;
    return conflict(
      `The two subjects have ${row.n} templates in total; the limit is ${MAX_TEMPLATES_OF_SUBJECT} per subject. Delete some of them with deleteTemplate and try again.`,
    );
  }
}

async function earlierMerge(deps: GalleryDeps, key: IdempotencyKey) {
  const earlier = await earlierOutcome<{ subjectId: string }>(deps.db, deps.actor.tenantId, key);
  if (!earlier) return undefined;
  if (earlier === "conflict") return keyReused();
  const subject = await findSubject(deps, earlier.outcome.subjectId);
  return subject ? { kind: "merged" as const, subject } : deletedSince("subject");
}
