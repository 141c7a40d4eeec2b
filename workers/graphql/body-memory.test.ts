import { expect, test } from "vitest";
import { createSemaphore, type Semaphore } from "../platform/semaphore.ts";
import { createBodyMemory } from "./body-memory.ts";

test("memory is reserved for the tenant, and released together with the bytes", async () => {
  const semaphore = createSemaphore({ total: 10, leaseMs: 60_000 });
  const first = createBodyMemory(semaphore, "one");
  const bytes = new Uint8Array(10);
  await first.reserve(10);
  first.setBytes(bytes);
  expect(await semaphore.take("two", 1, 0)).toBeUndefined();
  first.release();
  expect(bytes).toHaveLength(0);
  expect(await semaphore.take("two", 10, 0)).toBeDefined();
});

test("release works for bytes that were already freed, and without a reservation", () => {
  const memory = createBodyMemory(createSemaphore({ total: 10, leaseMs: 60_000 }), "one");
  const bytes = new Uint8Array(10);
  memory.setBytes(bytes);
  bytes.buffer.transfer();
  memory.release();
  memory.release();
});

test("if no memory becomes available in time, the client gets OVERLOADED with Retry-After", async () => {
  const full: Semaphore = { take: async () => undefined };
  await expect(createBodyMemory(full, "one").reserve(1)).rejects.toMatchObject({
    extensions: { code: "OVERLOADED", http: { status: 503, headers: { "Retry-After": "10" } } },
  });
});
