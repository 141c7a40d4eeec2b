import { expect, test } from "vitest";
import { pause } from "./fair-queue.ts";
import { createRoom } from "./room.ts";

test("no more is given than there is; what is released is given to the next", async () => {
  const room = createRoom({ total: 10, lapseMs: 60_000 });
  const first = await room.take("a", 6);
  const second = await room.take("a", 4);
  expect(await room.take("b", 1, 0)).toBeUndefined();
  const waiting = room.take("b", 6);
  second?.release();
  expect(await room.take("c", 6, 0)).toBeUndefined();
  first?.release();
  expect(await waiting).toBeDefined();
});

test("more than there is in all is given where nothing is taken", async () => {
  const room = createRoom({ total: 10, lapseMs: 60_000 });
  const large = await room.take("a", 50, 0);
  expect(large).toBeDefined();
  expect(await room.take("b", 1, 0)).toBeUndefined();
});

test("what is not renewed lapses; what is renewed does not, and releasing it twice frees nothing else", async () => {
  let now = 0;
  const room = createRoom({ total: 2, lapseMs: 1_000 }, () => now);
  const kept = await room.take("a", 1);
  const forgotten = await room.take("a", 1);
  now = 900;
  kept?.renew();
  now = 1_500;
  expect(await room.take("b", 1, 0)).toBeDefined();
  forgotten?.renew();
  forgotten?.release();
  expect(await room.take("b", 1, 0)).toBeUndefined();
  kept?.release();
  await pause();
  expect(await room.take("b", 1, 0)).toBeDefined();
});
