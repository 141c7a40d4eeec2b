import { afterAll, beforeAll, expect, test } from "vitest";
import { SHIPPED_STYLES } from "../../models/styles.ts";
import { styles as table } from "../../schema/tables.ts";
import { openD1 } from "../../test/support/d1.ts";
import { createTenant } from "../access/tenants.ts";
import { newId } from "../platform/ids.ts";
import { openStyles, type Styles } from "./styles.ts";

let database: Awaited<ReturnType<typeof openD1>>;
let styles: Styles;
const unavailable = () => Promise.reject(new Error("Not available in this test."));

beforeAll(async () => {
  database = await openD1();
  const blobs = {
    put: unavailable,
    info: unavailable,
    read: unavailable,
    stream: unavailable,
    delete: unavailable,
    deleteExpired: unavailable,
  };
  styles = openStyles({
    db: database.db,
    blobs,
    assets: { read: unavailable, answer: unavailable },
    cache: { get: unavailable },
  });
});
afterAll(() => database.close());

async function newTenant(name: string): Promise<string> {
  const outcome = await createTenant(database.db, name, () => Date.now());
  if (outcome.kind !== "tenantCreated") throw new Error(outcome.message);
  return outcome.tenant.id;
}

/** Adds a style with this net to the tenant and returns the cache key of the net. */
async function addStyle(tenantId: string, netSha256: string): Promise<string> {
  const id = newId("style");
  await database.db.insert(table).values({
    ...{
      tenantId,
      id,
      name: "Mine",
      jobId: newId("job"),
      netKey: "net",
      paintingKey: "painting",
      thumbnailKey: "small",
    },
    ...{ netSha256, createdAt: new Date() },
    traits: { colours: { mean: [0, 0, 0], covariance: Array(9).fill(0) }, grain: 0, reach: 40 },
  });
  return (await styles.find(tenantId, id))!.netKey;
}

test("the cache key of a net contains its tenant and its full hash", async () => {
  const [one, other] = [await newTenant("one"), await newTenant("other")];
  const hash = "0".repeat(63);
  const keys = [await addStyle(one, `${hash}1`), await addStyle(one, `${hash}2`), await addStyle(other, `${hash}1`)];
  expect(keys).toEqual([`${one}/${hash}1`, `${one}/${hash}2`, `${other}/${hash}1`]);
  expect(await addStyle(one, `${hash}1`)).toBe(keys[0]);
  const [shipped] = SHIPPED_STYLES;
  expect((await styles.find(one, shipped!.id))!.netKey).toBe(`shipped/${shipped!.net.sha256}`);
});
