import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockState, StateInUseError } from "./state-lock.ts";

let state: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "semblance-lock-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(state, { recursive: true });
});

const MODULE = JSON.stringify(resolve(import.meta.dirname, "state-lock.ts"));

/** Another program that uses the lock, prints the outcome, and then waits to be killed. */
async function program(does: string): Promise<{ child: ChildProcess; printed: string }> {
  const code = `
    import { lockState, shareState } from ${MODULE};
    const state = ${JSON.stringify(state)};
    ${does}
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, npm_lifecycle_event: "dev" },
  });
  children.push(child);
  const [printed] = await once(child.stdout, "data");
  return { child, printed: String(printed) };
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

const LOCK = "const lock = await lockState(state, { url: 'http://127.0.0.1:1' }); console.log('locked');";

test("a second program gets an error with the holder's process, its start time, and what to do", async () => {
  const { child } = await program(LOCK);
  const refused = await lockState(state).catch((error) => error);
  expect(refused).toBeInstanceOf(StateInUseError);
  expect(refused.holder).toMatchObject({ pid: child.pid, command: "npm run dev", url: "http://127.0.0.1:1" });
  expect(Date.now() - Date.parse(refused.holder.since)).toBeLessThan(60_000);
  for (const part of [state, `kill ${child.pid}`, "npm run dev", refused.holder.since, "SEMBLANCE_STATE="])
    expect(refused.message).toContain(part);
});

test("the lock of a killed program is free, and so is a released lock", async () => {
  const { child } = await program(LOCK);
  await killed(child);
  const lock = await lockState(state);
  await expect(lockState(state)).rejects.toThrow(StateInUseError);
  lock.release();
  (await lockState(state)).release();
});

test("a reused process id in the lock file does not block the lock", async () => {
  (await lockState(state)).release();
  const db = new DatabaseSync(join(state, "lock.sqlite"));
  db.prepare("UPDATE holder SET pid = ?").run(process.ppid);
  db.close();
  (await lockState(state)).release();
});

test("the folder of a killed program stays locked until its child processes have ended", async () => {
  const { child } = await program(LOCK);
  const { child: left } = await program("shareState(state); console.log('shared');");
  await killed(child);
  let taken = false;
  const next = lockState(state).then((lock) => {
    taken = true;
    return lock;
  });
  await new Promise((later) => setTimeout(later, 500));
  expect(taken).toBe(false);
  await killed(left);
  (await next).release();
});

test("of ten programs that start at the same time, one gets the lock, and nine get an error that names it", async () => {
  const race = `
    const outcome = await lockState(state).then(() => "locked", (error) => "refused " + error.holder?.pid);
    console.log(outcome, process.pid);`;
  const outcomes = (await Promise.all(Array.from({ length: 10 }, () => program(race)))).map(({ printed }) =>
    printed.trim(),
  );
  const winners = outcomes.filter((outcome) => outcome.startsWith("locked"));
  expect(winners).toHaveLength(1);
  const pid = winners[0]!.split(" ")[1];
  expect(outcomes.filter((outcome) => outcome.startsWith(`refused ${pid} `))).toHaveLength(9);
});
