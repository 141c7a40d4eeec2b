import { and, eq, type SQL, sql } from "drizzle-orm";
import { templates } from "../../schema/tables.ts";
import type { GalleryDeps } from "./deps.ts";
import { countOf } from "./log.ts";

/**
 * The maximum number of templates of one subject. It bounds what a verification reads. D1 has no interactive transactions, so a write
 * that would exceed the limit violates a constraint ({@link isWithinLimit}), which cancels its batch. This also holds for concurrent
 * writes.
 */
export const MAX_TEMPLATES_OF_SUBJECT = 100;

/** The number of a subject's templates, as an SQL expression. */
export const templateCountOf = (tenantId: string, collectionId: string, subjectId: string): SQL =>
  countOf(
    and(eq(templates.tenantId, tenantId), eq(templates.collectionId, collectionId), eq(templates.subjectId, subjectId)),
  );

/**
 * Whether a subject may have `count` templates, as an SQL condition. A write whose condition is false gets NULL as its subject, which a
 * constraint refuses.
 */
export const isWithinLimit = (count: SQL): SQL => sql`${count} <= ${MAX_TEMPLATES_OF_SUBJECT}`;

export async function isSubjectFull(
  { db, actor }: GalleryDeps,
  collectionId: string,
  subjectId: string,
): Promise<boolean> {
  const row = await db.get<{ n: number }>(sql`select ${templateCountOf(actor.tenantId, collectionId, subjectId)} as n`);
  return row.n >= MAX_TEMPLATES_OF_SUBJECT;
}
