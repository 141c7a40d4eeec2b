import { eq } from "drizzle-orm";
import { apiKeys, tenants } from "../../schema/tables.ts";
import { insertAudit } from "../platform/audit.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, isConstraintFailure } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { type Conflict, conflict } from "../platform/outcomes.ts";
import { mintKey } from "./keys.ts";

export interface Tenant {
  id: string;
  name: string;
}

/** A tenant and its first key, which has the scope ADMIN. `token` is shown only once. */
export interface TenantCreated {
  kind: "tenantCreated";
  tenant: Tenant;
  token: string;
}

/** The statements of one batch that create a tenant. They can be run here, or sent to a remote D1 as SQL. */
export async function draftTenant(db: Database, name: string, now: number) {
  const tenant = { id: newId("tenant"), name };
  const { row, token } = await mintKey(tenant.id, { name: "first key", scopes: ["ADMIN"] }, now);
  const statements = [
    db.insert(tenants).values({ ...tenant, createdAt: new Date(now) }),
    db.insert(apiKeys).values(row),
    insertAudit(db, { tenantId: tenant.id, keyId: null }, "createTenant", tenant.id, now),
  ] as const;
  return { tenant, token, statements };
}

export const nameTaken = (name: string): Conflict =>
  conflict(`A tenant named ${JSON.stringify(name)} already exists. Choose another name.`);

export async function createTenant(db: Database, name: string, clock: Clock): Promise<TenantCreated | Conflict> {
  const { tenant, token, statements } = await draftTenant(db, name, clock());
  try {
    await db.batch([...statements]);
  } catch (error) {
    if (!isConstraintFailure(error)) throw error;
    return nameTaken(name);
  }
  return { kind: "tenantCreated", tenant, token };
}

export const findTenant = (db: Database, name: string): Promise<Tenant | undefined> =>
  db.select({ id: tenants.id, name: tenants.name }).from(tenants).where(eq(tenants.name, name)).get();
