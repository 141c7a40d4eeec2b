import { expect, test } from "vitest";
import { pause } from "../platform/fair-queue.ts";
import { createTurns } from "./turns.ts";

test("work begins when earlier work has ended or failed", async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      log.push(`${name} begins`);
      for (let i = 0; i < 5; i++) await Promise.resolve();
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const answers = await Promise.allSettled([work("first"), work("second", true), work("third")]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(log).toEqual(["first begins", "first ends", "second begins", "second ends", "third begins", "third ends"]);
});

test("while several tenants are active, other events run between two turns of a tenant", async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const turn = (name: string) => inTurn(async () => void log.push(name), name.slice(0, 1));
  await turn("b0");
  const all = Promise.all([turn("a1"), turn("a2"), turn("a3")]);
  setImmediate(() => void turn("b1"));
  await all;
  expect(log).toEqual(["b0", "a1", "b1", "a2", "a3"]);
});

test("a single active tenant has its turns without pauses", async () => {
  const inTurn = createTurns();
  let otherEvents = 0;
  await pause();
  const timer = setInterval(() => otherEvents++, 0);
  for (let i = 0; i < 20; i++) await inTurn(async () => i, "a");
  clearInterval(timer);
  expect(otherEvents).toBe(0);
});
