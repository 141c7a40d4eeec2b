import { expect, test } from "vitest";
import { createFairQueue, pause } from "./fair-queue.ts";

/** One thing that can be taken, and who had it. */
function oneThing() {
  const queue = createFairQueue();
  const had: string[] = [];
  let free = true;
  return {
    had,
    release: () => {
      free = true;
    },
    async take(name: string, limitMs?: number) {
      const take = () => {
        if (!free) return undefined;
        free = false;
        had.push(name);
        return name;
      };
      const taken = await queue.wait(name.slice(0, 1), take, limitMs);
      return taken !== undefined;
    },
  };
}

/** Long enough for whoever is due to look. */
const looked = () => pause(120);

test("who is alone does not leave the microtask queue", async () => {
  const thing = oneThing();
  let otherEvents = 0;
  const timer = setInterval(() => otherEvents++, 0);
  await thing.take("a1");
  clearInterval(timer);
  expect(otherEvents).toBe(0);
});

test("tenants are served in turn, and each in the order in which it came", async () => {
  const thing = oneThing();
  await thing.take("a0");
  const all = Promise.all(["a1", "a2", "a3", "b1", "b2", "c1"].map((name) => thing.take(name)));
  for (let i = 0; i < 6; i++) {
    thing.release();
    await looked();
  }
  expect(await all).toEqual(Array(6).fill(true));
  expect(thing.had).toEqual(["a0", "b1", "c1", "a1", "b2", "a2", "a3"]);
});

test("who waits too long is answered so, and is not waited for", async () => {
  const thing = oneThing();
  await thing.take("a0");
  expect(await thing.take("b1", 0)).toBe(false);
  expect(await thing.take("b2", 20)).toBe(false);
  const last = thing.take("c1");
  thing.release();
  expect(await last).toBe(true);
  expect(thing.had).toEqual(["a0", "c1"]);
});

test("a cancelled request, whose timers never fire, holds up nobody for long", async () => {
  const queue = createFairQueue();
  let free = false;
  const realTimeout = globalThis.setTimeout;
  // What workerd does to a request that is cancelled: nothing that it waits for ever happens.
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout;
  const take = () => free || undefined;
  const cancelled = queue.wait("a", take);
  globalThis.setTimeout = realTimeout;
  const waiting = queue.wait("b", take);
  await looked();
  free = true;
  expect(await waiting).toBe(true);
  expect(await Promise.race([cancelled, pause(20).then(() => "never")])).toBe("never");
});

test("who was held up by long work is still waited for", async () => {
  let now = 0;
  const queue = createFairQueue(() => now);
  let free = false;
  const order: string[] = [];
  const wait = (name: string) => queue.wait(name, () => free || undefined).then(() => order.push(name));
  const both = Promise.all([wait("a"), wait("b")]);
  await pause(20);
  // Two seconds of computing, in which nobody could look.
  now = 2_000;
  free = true;
  await both;
  expect(order).toEqual(["a", "b"]);
});
