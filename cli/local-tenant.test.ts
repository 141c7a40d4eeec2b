import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openD1 } from "../test/support/d1.ts";
import { authenticate } from "../workers/access/authenticate.ts";
import { draftTenant } from "../workers/access/tenants.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { inlined } from "./inlined.ts";
import { openLocalDatabase } from "./local-database.ts";
import { localTenantKey } from "./local-tenant.ts";
import { runWrangler } from "./wrangler.ts";

let state: string;
const migrate = () => runWrangler(["d1", "migrations", "apply", "DB", "--local", "--persist-to", state]);
beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), "semblance-test-"));
  await migrate();
});
afterAll(() => rmSync(state, { recursive: true }));

const opens = async (key: string) => {
  const { db, close } = await openLocalDatabase(state);
  try {
    return await authenticate(`Bearer ${key}`, db, systemClock);
  } finally {
    await close();
  }
};

test("the local key stays the same, and is created again if the file or the database was lost", async () => {
  const file = resolve(state, "local.key");
  const key = await localTenantKey(state);
  expect(await opens(key)).toMatchObject({ tenantName: "local", scopes: ["ADMIN"] });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await localTenantKey(state)).toBe(key);

  rmSync(file);
  const second = await localTenantKey(state);
  expect(second).not.toBe(key);
  expect((await opens(second))?.tenantId).toBe((await opens(key))?.tenantId);

  rmSync(resolve(state, "v3"), { recursive: true });
  await migrate();
  const third = await localTenantKey(state);
  expect(await opens(second)).toBeUndefined();
  expect(await opens(third)).toMatchObject({ tenantName: "local" });
});

test("a tenant's statements create the same tenant as SQL text as in a batch, with special characters in its name", async () => {
  const { d1, db, close } = await openD1();
  try {
    const name = `O'Neil "&" Sons; drop table tenants; --`;
    const { tenant, token, statements } = await draftTenant(db, name, systemClock());
    for (const statement of statements) await d1.prepare(inlined(statement)).run();
    expect(await authenticate(`Bearer ${token}`, db, systemClock)).toMatchObject({
      tenantId: tenant.id,
      tenantName: name,
      scopes: ["ADMIN"],
    });
  } finally {
    await close();
  }
});
