import { audit } from "../../schema/tables.ts";
import type { Actor } from "./actor.ts";
import type { Database } from "./database.ts";
import { newId } from "./ids.ts";

/** The audit row of a change: who did what to which ID. The change inserts it in the same batch. */
export const auditRow = (actor: Actor, action: string, target: string, now: number) => ({
  tenantId: actor.tenantId,
  id: newId("audit"),
  keyId: actor.keyId,
  action,
  target,
  createdAt: new Date(now),
});

export const auditEntry = (db: Database, actor: Actor, action: string, target: string, now: number) =>
  db.insert(audit).values(auditRow(actor, action, target, now));
