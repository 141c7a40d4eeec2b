import { afterAll, beforeAll, expect, test } from "vitest";
import { SHIPPED_STYLES } from "../../models/styles.ts";
import { styles as table } from "../../schema/tables.ts";
import { openD1 } from "../../test/support/d1.ts";
import { createTenant } from "../access/tenants.ts";
import { newId } from "../platform/ids.ts";
import { openStyles, type Styles } from "./styles.ts";

let database: Awaited<ReturnType<typeof openD1>>;
let styles: Styles;
const none = () => Promise.reject(new Error("There is none here."));

beforeAll(async () => {
  database = await openD1();
  const blobs = { put: none, info: none, read: none, stream: none, delete: none, deleteExpired: none };
  styles = openStyles({ db: database.db, blobs, assets: { read: none, answer: none }, cache: { get: none } });
});
afterAll(() => database.close());

async function newTenant(name: string): Promise<string> {
  const made = await createTenant(database.db, name, () => Date.now());
  if (made.kind !== "tenantCreated") throw new Error(made.message);
  return made.tenant.id;
}

/** What the net of a style of this tenant is cached by. */
async function netKey(tenantId: string, netSha256: string): Promise<string> {
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

test("a net is cached by its tenant and the whole of its hash", async () => {
  const [one, other] = [await newTenant("one"), await newTenant("other")];
  const hash = "0".repeat(63);
  const keys = [await netKey(one, `${hash}1`), await netKey(one, `${hash}2`), await netKey(other, `${hash}1`)];
  expect(keys).toEqual([`${one}/${hash}1`, `${one}/${hash}2`, `${other}/${hash}1`]);
  expect(await netKey(one, `${hash}1`)).toBe(keys[0]);
  const [shipped] = SHIPPED_STYLES;
  expect((await styles.find(one, shipped!.id))!.netKey).toBe(`shipped/${shipped!.net.sha256}`);
});
