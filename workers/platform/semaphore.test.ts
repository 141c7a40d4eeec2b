import { expect, test } from "vitest";
import { pause } from "./fair-queue.ts";
import { createSemaphore } from "./semaphore.ts";

test("the leased amounts never exceed the total, and a released amount goes to the next request", async () => {
  const semaphore = createSemaphore({ total: 10, leaseMs: 60_000 });
  const first = await semaphore.take("a", 6);
  const second = await semaphore.take("a", 4);
  expect(await semaphore.take("b", 1, 0)).toBeUndefined();
  const waiting = semaphore.take("b", 6);
  second?.release();
  expect(await semaphore.take("c", 6, 0)).toBeUndefined();
  first?.release();
  expect(await waiting).toBeDefined();
});

test("an amount above the total is granted if nothing else is leased", async () => {
  const semaphore = createSemaphore({ total: 10, leaseMs: 60_000 });
  const large = await semaphore.take("a", 50, 0);
  expect(large).toBeDefined();
  expect(await semaphore.take("b", 1, 0)).toBeUndefined();
});

test("a lease expires unless it is renewed, and releasing it twice frees nothing else", async () => {
  let now = 0;
  const semaphore = createSemaphore({ total: 2, leaseMs: 1_000 }, () => now);
  const kept = await semaphore.take("a", 1);
  const forgotten = await semaphore.take("a", 1);
  now = 900;
  kept?.renew();
  now = 1_500;
  expect(await semaphore.take("b", 1, 0)).toBeDefined();
  forgotten?.renew();
  forgotten?.release();
  expect(await semaphore.take("b", 1, 0)).toBeUndefined();
  kept?.release();
  await pause();
  expect(await semaphore.take("b", 1, 0)).toBeDefined();
});
