import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { apiKeys, audit } from "../../schema/tables.ts";
import { type LocalDatabase, openD1 } from "../../test/support/d1.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { authenticate, type Principal, sameHash } from "./authenticate.ts";
import { createApiKey, lastChangesBy, listApiKeys, revokeApiKey } from "./keys.ts";
import { allows, SCOPES } from "./scopes.ts";
import { createTenant } from "./tenants.ts";
import { readToken, writeToken } from "./token.ts";

let database: LocalDatabase;
let now = Date.UTC(2026, 0, 1);
const clock = () => now;
beforeAll(async () => {
  database = await openD1();
});
afterAll(() => database.close());

const knock = (authorization: string | null) => authenticate(authorization, database.db, clock);

async function newTenant(name: string) {
  const created = await createTenant(database.db, name, clock);
  if (created.kind !== "tenantCreated") throw new Error(created.message);
  const principal = await knock(`Bearer ${created.token}`);
  if (!principal) throw new Error("The first key does not open.");
  return { ...created, principal, parts: partsOf(principal) };
}

const partsOf = ({ tenantId, keyId }: Principal) => ({ db: database.db, actor: { tenantId, keyId }, clock });

test("a tenant's first key opens everything in its name", async () => {
  const { tenant, principal } = await newTenant("first");
  expect(principal).toMatchObject({ tenantId: tenant.id, tenantName: "first", scopes: ["ADMIN"] });
});

test("a second tenant of the same name is refused", async () => {
  await newTenant("twice");
  expect(await createTenant(database.db, "twice", clock)).toMatchObject({ kind: "conflict" });
});

test("only the whole key opens: not its parts, not another secret, not another tenant's id", async () => {
  const [{ token }, { tenant: other }] = [await newTenant("whole"), await newTenant("other")];
  const parts = readToken(token)!;
  const changed = parts.secret.startsWith("A") ? `B${parts.secret.slice(1)}` : `A${parts.secret.slice(1)}`;
  for (const wrong of [
    null,
    "",
    token,
    "Bearer",
    "Bearer ",
    `Basic ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${writeToken({ ...parts, secret: changed })}`,
    `Bearer ${writeToken({ ...parts, tenantId: other.id })}`,
    `Bearer ${writeToken({ ...parts, keyId: newId("key") })}`,
  ]) {
    expect(await knock(wrong), String(wrong)).toBeUndefined();
  }
  expect(await knock(`bearer  ${token}`)).toBeDefined();
});

test("an unknown key takes the way of a wrong secret: one read, one hash", async () => {
  const { token } = await newTenant("timing");
  const { reads, d1 } = countingReads(database.d1);
  const db = openDatabase(d1);
  const digest = vi.spyOn(crypto.subtle, "digest");
  for (const wrong of [
    writeToken({ ...readToken(token)!, secret: "A".repeat(43) }),
    writeToken({ ...readToken(token)!, keyId: newId("key") }),
  ]) {
    digest.mockClear();
    reads.count = 0;
    expect(await authenticate(`Bearer ${wrong}`, db, clock)).toBeUndefined();
    expect({ hashes: digest.mock.calls.length, reads: reads.count }).toEqual({ hashes: 1, reads: 1 });
  }
  digest.mockRestore();
});

/** The same D1, counting the statements that are run. */
function countingReads(real: LocalDatabase["d1"]): { reads: { count: number }; d1: LocalDatabase["d1"] } {
  const reads = { count: 0 };
  const counted = <T extends object>(target: T): T =>
    new Proxy(target, {
      get:
        (_, name) =>
        (...args: unknown[]) => {
          if (name === "raw" || name === "all" || name === "first") reads.count++;
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== "function") throw new TypeError(`D1 has no ${String(name)}.`);
          const result: unknown = Reflect.apply(method, target, args);
          return name === "prepare" || name === "bind" ? counted(Object(result)) : result;
        },
    });
  return { reads, d1: counted(real) };
}

test("hashes are equal only where every character is", () => {
  const hash = "0123456789abcdef".repeat(4);
  expect(sameHash(hash, hash)).toBe(true);
  for (let i = 0; i < hash.length; i++) {
    expect(sameHash(hash, `${hash.slice(0, i)}x${hash.slice(i + 1)}`)).toBe(false);
  }
  expect(sameHash(hash, hash.slice(1))).toBe(false);
});

test("a key ceases to work when it expires, and when it is revoked", async () => {
  const { parts } = await newTenant("endings");
  const soon = await createApiKey(parts, { name: "soon", scopes: ["VERIFY"], expiresAt: new Date(now + 1000) });
  const long = await createApiKey(parts, { name: "long", scopes: ["VERIFY"] });
  if (soon.kind !== "apiKeyCreated" || long.kind !== "apiKeyCreated") throw new Error("No keys.");
  expect(await knock(`Bearer ${soon.token}`)).toMatchObject({ scopes: ["VERIFY"] });
  now += 1000;
  expect(await knock(`Bearer ${soon.token}`)).toBeUndefined();
  expect(await knock(`Bearer ${long.token}`)).toBeDefined();
  expect(await revokeApiKey(parts, long.apiKey.id)).toEqual({
    kind: "deleted",
    deletedId: long.apiKey.id,
    templates: 0,
  });
  expect(await knock(`Bearer ${long.token}`)).toBeUndefined();
  expect(await revokeApiKey(parts, long.apiKey.id)).toMatchObject({ kind: "notFound" });
});

test("another tenant's key can be neither seen nor revoked", async () => {
  const [ours, theirs] = [await newTenant("ours"), await newTenant("theirs")];
  expect(await revokeApiKey(ours.parts, theirs.principal.keyId)).toMatchObject({ kind: "notFound" });
  expect(await knock(`Bearer ${theirs.token}`)).toBeDefined();
  expect((await listApiKeys(ours.parts)).map(({ id }) => id)).toEqual([ours.principal.keyId]);
});

test("a name is taken once in a tenant", async () => {
  const [one, two] = [await newTenant("one"), await newTenant("two")];
  const request = { name: "door", scopes: ["IDENTIFY"] } as const;
  expect(await createApiKey(one.parts, request)).toMatchObject({ kind: "apiKeyCreated" });
  expect(await createApiKey(one.parts, request)).toMatchObject({ kind: "conflict" });
  expect(await createApiKey(two.parts, request)).toMatchObject({ kind: "apiKeyCreated" });
});

test("the secret is kept nowhere: a key is listed by its readable start", async () => {
  const { parts, token } = await newTenant("secret");
  const rows = await database.db.select().from(apiKeys);
  expect(JSON.stringify(rows)).not.toContain(readToken(token)!.secret);
  const [key] = await listApiKeys(parts);
  expect(token.startsWith(key!.prefix)).toBe(true);
  expect(JSON.stringify(key)).not.toContain(readToken(token)!.secret);
});

test("a change is written to the audit log with it, and is the key's last use", async () => {
  const { parts, principal, tenant } = await newTenant("audited");
  expect((await lastChangesBy(parts, [principal.keyId])).get(principal.keyId)).toBeUndefined();
  now += 5000;
  const created = await createApiKey(parts, { name: "new", scopes: ["ENROLL"] });
  if (created.kind !== "apiKeyCreated") throw new Error("No key.");
  expect((await lastChangesBy(parts, [principal.keyId])).get(principal.keyId)).toEqual(new Date(now));
  await revokeApiKey(parts, created.apiKey.id);
  const rows = await database.db
    .select()
    .from(audit)
    .where(and(eq(audit.tenantId, tenant.id), eq(audit.target, created.apiKey.id)));
  expect(rows.map(({ action, keyId }) => [action, keyId])).toEqual([
    ["createApiKey", principal.keyId],
    ["revokeApiKey", principal.keyId],
  ]);
});

test("ADMIN opens everything, another scope only itself", () => {
  for (const scope of SCOPES) {
    expect(allows(["ADMIN"], [scope])).toBe(true);
    for (const other of SCOPES) expect(allows([scope], [other])).toBe(scope === other || scope === "ADMIN");
  }
  expect(allows([], SCOPES)).toBe(false);
});
