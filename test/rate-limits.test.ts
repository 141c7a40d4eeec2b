import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningWorker, startWorker } from "./support/worker.ts";

/** Of `wrangler.toml`: in ten seconds. */
const KEY_REQUESTS = 300;
const STRANGER_REQUESTS = 20;

let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker({ vars: { RATE_LIMITS: "on" } });
});
afterAll(() => worker.close());

const ask = (key: string, address: string) =>
  fetch(new URL("/graphql", worker.url), {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "cf-connecting-ip": address,
    },
    body: JSON.stringify({ query: "{ viewer { scopes } }" }),
  });

/** Asks until it is refused; more than a limit's requests may pass where a new window begins meanwhile. */
async function untilRefused(key: string, address: string, limit: number) {
  for (let asked = 0; asked <= 3 * limit; asked += 10) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(key, address)));
    const refused = answers.find(({ status }) => status === 429);
    if (refused) return { asked: asked + 10, refused };
  }
  throw new Error("It was not refused.");
}

test("a key that asks too often waits for the rest of the window; another key goes on", async () => {
  const [busy, other] = [await worker.tenant(), await worker.tenant()];
  const { asked, refused } = await untilRefused(busy.key, "192.0.2.1", KEY_REQUESTS);
  expect(asked).toBeGreaterThan(KEY_REQUESTS);
  const seconds = Number(refused.headers.get("retry-after"));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(10);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "RATE_LIMITED" } }] });
  expect((await ask(other.key, "192.0.2.1")).status).toBe(200);

  await new Promise((later) => setTimeout(later, seconds * 1_000 + 200));
  expect((await ask(busy.key, "192.0.2.1")).status).toBe(200);
});

test("wrong keys are limited by the address that they come from, and a right one from there is let in", async () => {
  const { key } = await worker.tenant();
  const { asked, refused } = await untilRefused("smb_wrong", "192.0.2.2", STRANGER_REQUESTS);
  expect(asked).toBeGreaterThan(STRANGER_REQUESTS);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "RATE_LIMITED" } }] });
  expect((await ask("smb_wrong", "192.0.2.3")).status).toBe(401);
  expect((await ask(key, "192.0.2.2")).status).toBe(200);
});
