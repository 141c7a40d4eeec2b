import { and, asc, count, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { audit, subjects, templates } from "../../schema/tables.ts";
import { auditRow } from "../platform/audit.ts";
import { isConstraintFailure, oneOf } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey, keepOutcome } from "../platform/idempotency.ts";
import { type Conflict, conflict, type Deleted, keyReused, type NotFound, notFound } from "../platform/outcomes.ts";
import { goneSince } from "./collections.ts";
import { advanceHead, countOf, isThere, logEach, noteErasure, ofSubject, subjectsIn } from "./log.ts";
import { pageOf } from "./page.ts";
import type { GalleryParts } from "./parts.ts";
import type { Page, Paged, Subject } from "./records.ts";
import { hasRoom, MAX_TEMPLATES_OF_SUBJECT, templatesOf } from "./room.ts";

const shown = {
  id: subjects.id,
  collectionId: subjects.collectionId,
  externalId: subjects.externalId,
  name: subjects.name,
  createdAt: subjects.createdAt,
};

export async function findSubject({ db, actor }: GalleryParts, id: string): Promise<Subject | undefined> {
  return db.select(shown).from(subjects).where(ofSubject(actor.tenantId, id)).get();
}

export async function findByExternalId(
  { db, actor }: GalleryParts,
  collectionId: string,
  externalId: string,
): Promise<Subject | undefined> {
  return db
    .select(shown)
    .from(subjects)
    .where(and(subjectsIn(actor.tenantId, collectionId), eq(subjects.externalId, externalId)))
    .get();
}

export async function findSubjects({ db, actor }: GalleryParts, ids: readonly string[]): Promise<Map<string, Subject>> {
  const found = await db
    .select(shown)
    .from(subjects)
    .where(and(eq(subjects.tenantId, actor.tenantId), oneOf(subjects.id, ids)));
  return new Map(found.map((subject) => [subject.id, subject]));
}

export async function listSubjects(
  { db, actor }: GalleryParts,
  collectionId: string,
  page: Page,
): Promise<Paged<Subject>> {
  const found = await db
    .select(shown)
    .from(subjects)
    .where(and(subjectsIn(actor.tenantId, collectionId), page.after ? gt(subjects.id, page.after) : undefined))
    .orderBy(asc(subjects.id))
    .limit(page.first + 1);
  return pageOf(found, page);
}

export async function countSubjects({ db, actor }: GalleryParts, collectionId: string): Promise<number> {
  const row = await db.select({ n: count() }).from(subjects).where(subjectsIn(actor.tenantId, collectionId)).get();
  return row?.n ?? 0;
}

/** The audit row of a change that only happens where the subject is still there, and `when` holds. */
const auditSubject = ({ db, actor }: GalleryParts, action: string, id: string, now: number, when: SQL = sql`true`) => {
  const entry = auditRow(actor, action, id, now);
  return db.insert(audit).select(
    sql`select ${subjects.tenantId}, ${entry.id}, ${entry.keyId}, ${action}, ${subjects.id}, ${now}
        from ${subjects} where ${ofSubject(actor.tenantId, id)} and ${when}`,
  );
};

/** Writes only what is given: another update of the same subject may run at the same time. */
export async function updateSubject(
  parts: GalleryParts,
  id: string,
  change: { name?: string | null; externalId?: string | null },
): Promise<{ kind: "updated"; subject: Subject } | NotFound | Conflict> {
  const { db, actor, clock } = parts;
  try {
    const [, [subject]] = await db.batch([
      auditSubject(parts, "updateSubject", id, clock()),
      db
        .update(subjects)
        .set({
          name: change.name === undefined ? sql`${subjects.name}` : change.name,
          externalId: change.externalId === undefined ? sql`${subjects.externalId}` : change.externalId,
        })
        .where(ofSubject(actor.tenantId, id))
        .returning(shown),
    ]);
    return subject ? { kind: "updated", subject } : notFound("subject", id);
  } catch (error) {
    if (!isConstraintFailure(error)) throw error;
    return conflict(
      "Another subject of this collection has this externalId. Choose another, or merge the two subjects.",
    );
  }
}

/** Destroys all templates of a subject, in D1 and in the shard. */
export async function deleteSubject(parts: GalleryParts, id: string): Promise<Deleted | NotFound> {
  const { db, actor, clock, confirmErasure } = parts;
  const { tenantId } = actor;
  const subject = await findSubject(parts, id);
  if (!subject) return notFound("subject", id);
  const { collectionId } = subject;
  const theirs = and(
    eq(templates.tenantId, tenantId),
    eq(templates.collectionId, collectionId),
    eq(templates.subjectId, id),
  );
  const now = clock();
  const [, , , , destroyed, gone] = await db.batch([
    advanceHead(db, tenantId, collectionId, countOf(theirs), sql`-${countOf(theirs)}`),
    logEach(db, "removed", tenantId, collectionId, theirs, sql`${templates.subjectId}`),
    noteErasure(db, tenantId, collectionId, false, now, isThere(tenantId, id)),
    auditSubject(parts, "deleteSubject", id, now),
    db.delete(templates).where(theirs),
    db.delete(subjects).where(ofSubject(tenantId, id)),
  ]);
  // Two deletes at once: the second one finds nothing left to do.
  if (gone.meta.changes === 0) return notFound("subject", id);
  await confirmErasure(collectionId);
  return { kind: "deleted", deletedId: id, templates: destroyed.meta.changes };
}

/** Gives all templates of one subject to another of the same collection, and deletes the first. */
export async function mergeSubjects(
  parts: GalleryParts,
  into: string,
  from: string,
  key?: IdempotencyKey,
): Promise<{ kind: "merged"; subject: Subject } | NotFound | Conflict> {
  const { db, actor, clock } = parts;
  const { tenantId } = actor;
  const earlier = key && (await earlierMerge(parts, key));
  if (earlier) return earlier;
  if (into === from) return conflict("A subject cannot be merged into itself. Give two different ids.");
  const both = await findSubjects(parts, [into, from]);
  const [target, source] = [both.get(into), both.get(from)];
  if (!target) return notFound("subject", into);
  if (!source) return notFound("subject", from);
  if (target.collectionId !== source.collectionId) {
    return conflict("The subjects are in different collections. Only subjects of one collection can be merged.");
  }
  const { collectionId } = target;
  // Either may be deleted or merged before the batch runs: then it changes nothing, and writes no audit row and no answer.
  const bothThere = sql`${isThere(tenantId, into)} and ${isThere(tenantId, from)}`;
  const moving = and(
    eq(templates.tenantId, tenantId),
    eq(templates.collectionId, collectionId),
    eq(templates.subjectId, from),
    bothThere,
  );
  const of = (subjectId: string) => templatesOf(tenantId, collectionId, subjectId);
  const together = sql`(select ${of(into)} + ${of(from)})`;
  const now = clock();
  try {
    const [found] = await db.batch([
      db
        .select(shown)
        .from(subjects)
        .where(and(subjectsIn(tenantId, collectionId), inArray(subjects.id, [into, from]))),
      advanceHead(db, tenantId, collectionId, countOf(moving), 0),
      logEach(db, "moved", tenantId, collectionId, moving, into),
      // No statement may change how many the two have together before all are counted: one updates all or none.
      db
        .update(templates)
        .set({ subjectId: sql`(select ${into} where ${hasRoom(together)})` })
        .where(moving),
      auditSubject(parts, "mergeSubjects", into, now, bothThere),
      ...(key ? [keepOutcome(db, tenantId, key, { subjectId: into }, now, bothThere)] : []),
      // Last, because the statements before it ask whether the source is there.
      db.delete(subjects).where(and(ofSubject(tenantId, from), isThere(tenantId, into))),
    ]);
    const subject = found.find(({ id }) => id === into);
    if (subject && found.length === 2) return { kind: "merged", subject };
    // Another call with the same key may have merged them.
    return (key && (await earlierMerge(parts, key))) ?? notFound("subject", subject ? from : into);
  } catch (error) {
    if (!isConstraintFailure(error)) throw error;
    const first = key && (await earlierMerge(parts, key));
    if (first) return first;
    const row = await db.get<{ n: number }>(sql`select ${together} as n`);
    if (row.n <= MAX_TEMPLATES_OF_SUBJECT) throw error;
    return conflict(
      `Together the subjects have ${row.n} templates; ${MAX_TEMPLATES_OF_SUBJECT} is the most. Delete some of them first (deleteTemplate).`,
    );
  }
}

async function earlierMerge(parts: GalleryParts, key: IdempotencyKey) {
  const earlier = await earlierOutcome<{ subjectId: string }>(parts.db, parts.actor.tenantId, key);
  if (!earlier) return undefined;
  if (earlier === "conflict") return keyReused();
  const subject = await findSubject(parts, earlier.outcome.subjectId);
  return subject ? { kind: "merged" as const, subject } : goneSince("subject");
}
