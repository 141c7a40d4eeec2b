import { expect, test } from "vitest";
import { createFairQueue, pause } from "./fair-queue.ts";

/** A resource that one request can hold at a time. `holders`: the requests that got it, in order. */
function exclusiveResource() {
  const queue = createFairQueue();
  const holders: string[] = [];
  let free = true;
  return {
    holders,
    release: () => {
      free = true;
    },
    async take(name: string, limitMs?: number) {
      const take = () => {
        if (!free) return undefined;
        free = false;
        holders.push(name);
        return name;
      };
      const taken = await queue.wait(name.slice(0, 1), take, limitMs);
      return taken !== undefined;
    },
  };
}

/** Waits long enough for the next request to check its position. */
const nextCheck = () => pause(120);

test("a request that is alone in the queue does not leave the microtask queue", async () => {
  const resource = exclusiveResource();
  let otherEvents = 0;
  const timer = setInterval(() => otherEvents++, 0);
  await resource.take("a1");
  clearInterval(timer);
  expect(otherEvents).toBe(0);
});

test("tenants take turns, and requests of one tenant are served in order of arrival", async () => {
  const resource = exclusiveResource();
  await resource.take("a0");
  const all = Promise.all(["a1", "a2", "a3", "b1", "b2", "c1"].map((name) => resource.take(name)));
  for (let i = 0; i < 6; i++) {
    resource.release();
    await nextCheck();
  }
  expect(await all).toEqual(Array(6).fill(true));
  expect(resource.holders).toEqual(["a0", "b1", "c1", "a1", "b2", "a2", "a3"]);
});

test("a request that waits longer than its limit gets undefined and leaves the queue", async () => {
  const resource = exclusiveResource();
  await resource.take("a0");
  expect(await resource.take("b1", 0)).toBe(false);
  expect(await resource.take("b2", 20)).toBe(false);
  const last = resource.take("c1");
  resource.release();
  expect(await last).toBe(true);
  expect(resource.holders).toEqual(["a0", "c1"]);
});

test("a canceled request, whose timers never fire, delays other requests only briefly", async () => {
  const queue = createFairQueue();
  let free = false;
  const realTimeout = globalThis.setTimeout;
  // workerd runs no timers of a canceled request.
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout;
  const take = () => free || undefined;
  const canceled = queue.wait("a", take);
  globalThis.setTimeout = realTimeout;
  const waiting = queue.wait("b", take);
  await nextCheck();
  free = true;
  expect(await waiting).toBe(true);
  expect(await Promise.race([canceled, pause(20).then(() => "never")])).toBe("never");
});

test("requests that a long computation delayed keep their places", async () => {
  let now = 0;
  const queue = createFairQueue(() => now);
  let free = false;
  const order: string[] = [];
  const wait = (name: string) => queue.wait(name, () => free || undefined).then(() => order.push(name));
  const both = Promise.all([wait("a"), wait("b")]);
  await pause(20);
  // A computation of two seconds, during which no request can check its position.
  now = 2_000;
  free = true;
  await both;
  expect(order).toEqual(["a", "b"]);
});
