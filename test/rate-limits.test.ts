import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningWorker, startWorker } from "./support/worker.ts";

/** Limits in `wrangler.toml`, per ten seconds. */
const KEY_REQUESTS = 300;
const KEYLESS_REQUESTS = 20;

let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker({ vars: { RATE_LIMITS: "on" } });
});
afterAll(() => worker.close());

const sendRequest = (key: string, address: string) =>
  fetch(new URL("/graphql", worker.url), {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "cf-connecting-ip": address,
    },
    body: JSON.stringify({ query: "{ viewer { scopes } }" }),
  });

/** Sends requests until one is refused. More requests than the limit can succeed if a new window begins meanwhile. */
async function sendUntilRefused(key: string, address: string, limit: number) {
  for (let asked = 0; asked <= 3 * limit; asked += 10) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => sendRequest(key, address)));
    const refused = answers.find(({ status }) => status === 429);
    if (refused) return { asked: asked + 10, refused };
  }
  throw new Error("No request was refused.");
}

test("a key over its limit must wait for the rest of the window, and another key is not affected", async () => {
  const [busy, other] = [await worker.tenant(), await worker.tenant()];
  const { asked, refused } = await sendUntilRefused(busy.key, "192.0.2.1", KEY_REQUESTS);
  expect(asked).toBeGreaterThan(KEY_REQUESTS);
  const seconds = Number(refused.headers.get("retry-after"));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(10);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "RATE_LIMITED" } }] });
  expect((await sendRequest(other.key, "192.0.2.1")).status).toBe(200);

  await new Promise((later) => setTimeout(later, seconds * 1_000 + 200));
  expect((await sendRequest(busy.key, "192.0.2.1")).status).toBe(200);
});

test("wrong keys are limited by address, and a valid key from the same address is accepted", async () => {
  const { key } = await worker.tenant();
  const { asked, refused } = await sendUntilRefused("smb_wrong", "192.0.2.2", KEYLESS_REQUESTS);
  expect(asked).toBeGreaterThan(KEYLESS_REQUESTS);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "RATE_LIMITED" } }] });
  expect((await sendRequest("smb_wrong", "192.0.2.3")).status).toBe(401);
  expect((await sendRequest(key, "192.0.2.2")).status).toBe(200);
});
