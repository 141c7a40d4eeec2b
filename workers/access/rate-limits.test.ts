import { expect, test } from "vitest";
import { newId } from "../platform/ids.ts";
import { openRateLimits, type RateLimiter } from "./rate-limits.ts";
import { newSecret, writeToken } from "./token.ts";

/** Lets each key ask so often in all, and remembers whom it was asked about. */
function limiter(most: number) {
  const asked: string[] = [];
  const counting: RateLimiter = {
    limit: async ({ key }) => {
      asked.push(key);
      return { success: asked.filter((other) => other === key).length <= most };
    },
  };
  return { asked, counting };
}

const bearer = (keyId = newId("key"), secret = newSecret()) =>
  `Bearer ${writeToken({ keyId, tenantId: newId("tenant"), secret })}`;

test("who has asked too often waits for the rest of the window, and is not counted in it any more", async () => {
  let now = 1_000_003_200;
  const { asked, counting } = limiter(2);
  const limits = openRateLimits({ requests: counting, strangers: counting }, () => now);
  const key = bearer();
  expect([await limits.request(key), await limits.request(key), await limits.request(key)]).toEqual([
    undefined,
    undefined,
    7,
  ]);
  now += 6_500;
  expect(await limits.request(key)).toBe(1);
  expect(asked).toHaveLength(3);
  now += 500;
  await limits.request(key);
  expect(asked).toHaveLength(4);
});

test("keys are counted one by one, by their secrets: whoever knows a key's id cannot use it up", async () => {
  const { counting } = limiter(1);
  const limits = openRateLimits({ requests: counting, strangers: counting }, () => 0);
  const id = newId("key");
  expect(await limits.request(bearer(id))).toBeUndefined();
  expect(await limits.request(bearer(id))).toBeUndefined();
  expect(await limits.request(bearer())).toBeUndefined();
});

test("a secret is not handed to the limiter", async () => {
  const { asked, counting } = limiter(1);
  const secret = newSecret();
  await openRateLimits({ requests: counting, strangers: counting }, () => 0).request(bearer(newId("key"), secret));
  expect(asked).toHaveLength(1);
  expect(asked[0]).not.toContain(secret);
});

test("addresses are counted one by one, those of IPv6 by their first 64 bits", async () => {
  const { asked, counting } = limiter(9);
  const limits = openRateLimits({ requests: counting, strangers: counting }, () => 0);
  for (const address of [
    "192.0.2.1",
    "::ffff:192.0.2.1",
    "192.0.2.2",
    "2001:db8::1",
    "2001:db8::ffff:1",
    "2001:db8:0:1::1",
  ]) {
    await limits.stranger(address);
  }
  expect(asked).toEqual(["192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::", "2001:db8::", "2001:db8:0:1::"]);
});

test("who cannot be counted is let in", async () => {
  const failing: RateLimiter = { limit: () => Promise.reject(new Error("away")) };
  const limits = openRateLimits({ requests: failing, strangers: failing }, () => 0);
  expect(await limits.request(bearer())).toBeUndefined();
  expect(await limits.stranger(null)).toBeUndefined();
});
