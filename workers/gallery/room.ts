import { and, eq, type SQL, sql } from "drizzle-orm";
import { templates } from "../../schema/tables.ts";
import { countOf } from "./log.ts";
import type { GalleryParts } from "./parts.ts";

/**
 * Templates of one subject: all that a verification reads. D1 has no interactive transaction, so a write that would exceed it
 * breaks a constraint ({@link hasRoom}), which ends its batch: no two writes at once can get past it.
 */
export const MAX_TEMPLATES_OF_SUBJECT = 100;

/** How many templates a subject has, inside a statement. */
export const templatesOf = (tenantId: string, collectionId: string, subjectId: string): SQL =>
  countOf(
    and(eq(templates.tenantId, tenantId), eq(templates.collectionId, collectionId), eq(templates.subjectId, subjectId)),
  );

/** Whether a subject may have so many templates. A write for which this does not hold has no subject, which a constraint refuses. */
export const hasRoom = (count: SQL): SQL => sql`${count} <= ${MAX_TEMPLATES_OF_SUBJECT}`;

export async function isFull({ db, actor }: GalleryParts, collectionId: string, subjectId: string): Promise<boolean> {
  const row = await db.get<{ n: number }>(sql`select ${templatesOf(actor.tenantId, collectionId, subjectId)} as n`);
  return row.n >= MAX_TEMPLATES_OF_SUBJECT;
}
