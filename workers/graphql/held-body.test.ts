import { expect, test } from "vitest";
import { createRoom, type Room } from "../platform/room.ts";
import { holdBody } from "./held-body.ts";

test("room is taken for the tenant, and given back with the bytes", async () => {
  const room = createRoom({ total: 10, lapseMs: 60_000 });
  const first = holdBody(room, "one");
  const bytes = new Uint8Array(10);
  await first.takeRoom(10);
  first.keep(bytes);
  expect(await room.take("two", 1, 0)).toBeUndefined();
  first.release();
  expect(bytes).toHaveLength(0);
  expect(await room.take("two", 10, 0)).toBeDefined();
});

test("what was freed before, or took no room, is released too", () => {
  const held = holdBody(createRoom({ total: 10, lapseMs: 60_000 }), "one");
  const bytes = new Uint8Array(10);
  held.keep(bytes);
  bytes.buffer.transfer();
  held.release();
  held.release();
});

test("where there is no room in time, a client is told to come again", async () => {
  const full: Room = { take: async () => undefined };
  await expect(holdBody(full, "one").takeRoom(1)).rejects.toMatchObject({
    extensions: { code: "OVERLOADED", http: { status: 503, headers: { "Retry-After": "10" } } },
  });
});
