import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { audit } from "../../schema/tables.ts";
import type { Database } from "./database.ts";
import { newId } from "./ids.ts";

/** Inserts the audit row of a change: who did what to which ID. Belongs in the batch of the change. */
export const insertAudit = (db: Database, actor: Actor, action: string, target: string, now: number) =>
  db.insert(audit).values({
    tenantId: actor.tenantId,
    id: newId("audit"),
    keyId: actor.keyId,
    action,
    target,
    createdAt: new Date(now),
  });

/** A table whose rows are the targets of changes. */
type TargetTable = SQLiteTable & { tenantId: SQLiteColumn; id: SQLiteColumn };

/**
 * Inserts the audit row of a change if a row of `table` meets the condition. At most one row must meet it. Belongs in the batch of the
 * change, before the statement that changes the row.
 */
export const insertAuditIf = (
  db: Database,
  actor: Pick<Actor, "keyId">,
  action: string,
  table: TargetTable,
  condition: SQL | undefined,
  now: number,
) =>
  db.insert(audit).select(
    db
      .select({
        tenantId: sql`${table.tenantId}`.as("tenant_id"),
        id: sql`${newId("audit")}`.as("id"),
        keyId: sql`${actor.keyId}`.as("key_id"),
        action: sql`${action}`.as("action"),
        target: sql`${table.id}`.as("target"),
        createdAt: sql`${now}`.as("created_at"),
      })
      .from(table)
      .where(condition),
  );

/** Who makes a change. `keyId`: the API key of the request; null for the operator's command line. */
export interface Actor {
  tenantId: string;
  keyId: string | null;
}
