import { expect, test } from "vitest";
import { newId } from "../platform/ids.ts";
import { openRateLimits, type RateLimiter } from "./rate-limits.ts";
import { newSecret, writeToken } from "./token.ts";

/** A limiter that allows each key `max` requests in total. `asked`: the keys that it was called with. */
function limiter(max: number) {
  const asked: string[] = [];
  const counting: RateLimiter = {
    limit: async ({ key }) => {
      asked.push(key);
      return { success: asked.filter((other) => other === key).length <= max };
    },
  };
  return { asked, counting };
}

/** Resolves when a limiter has answered all earlier calls. */
const answered = () => new Promise(setImmediate);

const bearer = (keyId = newId("key"), secret = newSecret()) =>
  `Bearer ${writeToken({ keyId, tenantId: newId("tenant"), secret })}`;

test("a key over its limit must wait for the rest of the window, and is not counted again in it", async () => {
  let now = 1_000_003_200;
  const { asked, counting } = limiter(2);
  const limits = openRateLimits({ byKey: counting, byAddress: counting }, () => now);
  const key = bearer();
  const check = async () => {
    const seconds = await limits.checkKey(key);
    await answered();
    return seconds;
  };
  // The third request exceeds the limit, but is not delayed by the limiter.
  expect([await check(), await check(), await check(), await check()]).toEqual([undefined, undefined, undefined, 7]);
  now += 6_500;
  expect(await check()).toBe(1);
  expect(asked).toHaveLength(3);
  now += 500;
  await check();
  expect(asked).toHaveLength(4);
});

test("of simultaneous requests over the limit, only one is let through", async () => {
  const { counting } = limiter(0);
  const limits = openRateLimits({ byKey: counting, byAddress: counting }, () => 0);
  const key = bearer();
  const seconds = await Promise.all(Array.from({ length: 5 }, () => limits.checkKey(key)));
  expect(seconds).toEqual([undefined, 10, 10, 10, 10]);
});

test("an address over its limit must wait", async () => {
  const { counting } = limiter(1);
  const limits = openRateLimits({ byKey: counting, byAddress: counting }, () => 0);
  expect(await limits.checkAddress("192.0.2.1")).toBeUndefined();
  expect(await limits.checkAddress("192.0.2.1")).toBe(10);
});

test("keys are counted separately by their secrets, so that knowing the ID of a key is not enough to use up its limit", async () => {
  const { counting } = limiter(1);
  const limits = openRateLimits({ byKey: counting, byAddress: counting }, () => 0);
  const id = newId("key");
  expect(await limits.checkKey(bearer(id))).toBeUndefined();
  expect(await limits.checkKey(bearer(id))).toBeUndefined();
  expect(await limits.checkKey(bearer())).toBeUndefined();
});

test("a secret is not passed to the limiter", async () => {
  const { asked, counting } = limiter(1);
  const secret = newSecret();
  await openRateLimits({ byKey: counting, byAddress: counting }, () => 0).checkKey(bearer(newId("key"), secret));
  expect(asked).toHaveLength(1);
  expect(asked[0]).not.toContain(secret);
});

test("addresses are counted separately, IPv6 addresses by their first 64 bits", async () => {
  const { asked, counting } = limiter(9);
  const limits = openRateLimits({ byKey: counting, byAddress: counting }, () => 0);
  for (const address of [
    "192.0.2.1",
    "::ffff:192.0.2.1",
    "192.0.2.2",
    "2001:db8::1",
    "2001:db8::ffff:1",
    "2001:db8:0:1::1",
  ]) {
    await limits.checkAddress(address);
  }
  expect(asked).toEqual(["192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::", "2001:db8::", "2001:db8:0:1::"]);
});

test("requests are allowed if the limiter fails", async () => {
  const failing: RateLimiter = { limit: () => Promise.reject(new Error("unavailable")) };
  const limits = openRateLimits({ byKey: failing, byAddress: failing }, () => 0);
  expect(await limits.checkKey(bearer())).toBeUndefined();
  expect(await limits.checkAddress(null)).toBeUndefined();
});
