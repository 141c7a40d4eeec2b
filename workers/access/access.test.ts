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

const authenticateWith = (authorization: string | null) => authenticate(authorization, database.db, clock);

async function newTenant(name: string) {
  const created = await createTenant(database.db, name, clock);
  if (created.kind !== "tenantCreated") throw new Error(created.message);
  const principal = await authenticateWith(`Bearer ${created.token}`);
  if (!principal) throw new Error("The first key is not valid.");
  return { ...created, principal, deps: depsOf(principal) };
}

const depsOf = ({ tenantId, keyId }: Principal) => ({ db: database.db, actor: { tenantId, keyId }, clock });

test("a tenant's first key has the scope ADMIN", async () => {
  const { tenant, principal } = await newTenant("first");
  expect(principal).toMatchObject({ tenantId: tenant.id, tenantName: "first", scopes: ["ADMIN"] });
});

test("a second tenant of the same name is refused", async () => {
  await newTenant("twice");
  expect(await createTenant(database.db, "twice", clock)).toMatchObject({ kind: "conflict" });
});

test("only the complete key is valid: not a part of it, not with another secret, not with another tenant's ID", async () => {
  const [{ token }, { tenant: other }] = [await newTenant("whole"), await newTenant("other")];
  const tokenParts = readToken(token)!;
  const changed = tokenParts.secret.startsWith("A")
    ? `B${tokenParts.secret.slice(1)}`
    : `A${tokenParts.secret.slice(1)}`;
  for (const wrong of [
    null,
    "",
    token,
    "Bearer",
    "Bearer ",
    `Basic ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${writeToken({ ...tokenParts, secret: changed })}`,
    `Bearer ${writeToken({ ...tokenParts, tenantId: other.id })}`,
    `Bearer ${writeToken({ ...tokenParts, keyId: newId("key") })}`,
  ]) {
    expect(await authenticateWith(wrong), String(wrong)).toBeUndefined();
  }
  expect(await authenticateWith(`bearer  ${token}`)).toBeDefined();
});

test("an unknown key costs the same as a wrong secret: one read, one hash", async () => {
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

/** Wraps D1 and counts the executed statements. */
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

test("hashes are equal only if all characters are equal", () => {
  const hash = "0123456789abcdef".repeat(4);
  expect(sameHash(hash, hash)).toBe(true);
  for (let i = 0; i < hash.length; i++) {
    expect(sameHash(hash, `${hash.slice(0, i)}x${hash.slice(i + 1)}`)).toBe(false);
  }
  expect(sameHash(hash, hash.slice(1))).toBe(false);
});

test("a key stops working when it expires or is revoked", async () => {
  const { deps } = await newTenant("endings");
  const soon = await createApiKey(deps, { name: "soon", scopes: ["VERIFY"], expiresAt: new Date(now + 1000) });
  const long = await createApiKey(deps, { name: "long", scopes: ["VERIFY"] });
  if (soon.kind !== "apiKeyCreated" || long.kind !== "apiKeyCreated") throw new Error("No keys.");
  expect(await authenticateWith(`Bearer ${soon.token}`)).toMatchObject({ scopes: ["VERIFY"] });
  now += 1000;
  expect(await authenticateWith(`Bearer ${soon.token}`)).toBeUndefined();
  expect(await authenticateWith(`Bearer ${long.token}`)).toBeDefined();
  expect(await revokeApiKey(deps, long.apiKey.id)).toEqual({
    kind: "deleted",
    deletedId: long.apiKey.id,
    templates: 0,
  });
  expect(await authenticateWith(`Bearer ${long.token}`)).toBeUndefined();
  expect(await revokeApiKey(deps, long.apiKey.id)).toMatchObject({ kind: "notFound" });
});

test("another tenant's key can be neither seen nor revoked", async () => {
  const [ours, theirs] = [await newTenant("ours"), await newTenant("theirs")];
  expect(await revokeApiKey(ours.deps, theirs.principal.keyId)).toMatchObject({ kind: "notFound" });
  expect(await authenticateWith(`Bearer ${theirs.token}`)).toBeDefined();
  expect((await listApiKeys(ours.deps)).map(({ id }) => id)).toEqual([ours.principal.keyId]);
});

test("the names of the keys of a tenant are unique", async () => {
  const [one, two] = [await newTenant("one"), await newTenant("two")];
  const request = { name: "door", scopes: ["IDENTIFY"] } as const;
  expect(await createApiKey(one.deps, request)).toMatchObject({ kind: "apiKeyCreated" });
  expect(await createApiKey(one.deps, request)).toMatchObject({ kind: "conflict" });
  expect(await createApiKey(two.deps, request)).toMatchObject({ kind: "apiKeyCreated" });
});

test("the secret is not stored, and a key is listed with its prefix", async () => {
  const { deps, token } = await newTenant("secret");
  const rows = await database.db.select().from(apiKeys);
  expect(JSON.stringify(rows)).not.toContain(readToken(token)!.secret);
  const [key] = await listApiKeys(deps);
  expect(token.startsWith(key!.prefix)).toBe(true);
  expect(JSON.stringify(key)).not.toContain(readToken(token)!.secret);
});

test("a change is written to the audit log in its own batch, and is the last use of the key", async () => {
  const { deps, principal, tenant } = await newTenant("audited");
  expect((await lastChangesBy(deps, [principal.keyId])).get(principal.keyId)).toBeUndefined();
  now += 5000;
  const created = await createApiKey(deps, { name: "new", scopes: ["ENROLL"] });
  if (created.kind !== "apiKeyCreated") throw new Error("No key.");
  expect((await lastChangesBy(deps, [principal.keyId])).get(principal.keyId)).toEqual(new Date(now));
  await revokeApiKey(deps, created.apiKey.id);
  const rows = await database.db
    .select()
    .from(audit)
    .where(and(eq(audit.tenantId, tenant.id), eq(audit.target, created.apiKey.id)));
  expect(rows.map(({ action, keyId }) => [action, keyId])).toEqual([
    ["createApiKey", principal.keyId],
    ["revokeApiKey", principal.keyId],
  ]);
});

test("ADMIN allows everything, another scope only itself", () => {
  for (const scope of SCOPES) {
    expect(allows(["ADMIN"], [scope])).toBe(true);
    for (const other of SCOPES) expect(allows([scope], [other])).toBe(scope === other || scope === "ADMIN");
  }
  expect(allows([], SCOPES)).toBe(false);
});
