import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { processesBelow } from "../bench/processes.ts";
import { commandLinesWith, newProcessMark } from "../test/support/processes.ts";
import { startGroup } from "./process-group.ts";

let folder: string;
let mark: ReturnType<typeof newProcessMark>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "semblance-group-"));
  mark = newProcessMark();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that leaves a file in its temporary folder and starts a child. Both ignore SIGTERM. */
const STUBBORN = `
  process.on("SIGTERM", () => {});
  require("node:fs").writeFileSync(require("node:os").tmpdir() + "/left", "");
  if (!process.env.BELOW)
    require("node:child_process").spawn(process.execPath, ["--eval", process.argv[1]], { env: { ...process.env, BELOW: "1" }, stdio: "inherit" });
  console.log("started");
  setInterval(() => {}, 1_000);`;

const start = (source: string, gracePeriodMs: number) =>
  startGroup(["--eval", source, source], { env: { ...mark, TMPDIR: folder }, gracePeriodMs });

/** Waits until the program and its child run. */
async function started(group: ReturnType<typeof start>): Promise<void> {
  let printed = "";
  group.stderr.resume();
  group.stdout.on("data", (chunk) => (printed += String(chunk)));
  await vi.waitFor(() => expect(printed.match(/started/g)).toHaveLength(2), 20_000);
}

const gone = () => vi.waitFor(() => expect(commandLinesWith(mark)).toEqual([]), 20_000);

test("stop ends a program that ignores SIGTERM and its child, and deletes their temporary files", async () => {
  const group = start(STUBBORN, 300);
  await started(group);
  expect(readdirSync(folder)).toHaveLength(1);
  await group.stop();
  expect(commandLinesWith(mark)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("when a program exits, its children are ended and its exit code is returned", async () => {
  const group = start(`${STUBBORN}if (!process.env.BELOW) setTimeout(() => process.exit(7), 500)`, 60_000);
  expect(await group.ended).toBe(7);
  expect(commandLinesWith(mark)).toEqual([]);
});

test("a group ends when its parent or its supervisor is killed", async () => {
  const starter = `
    const { startGroup } = await import(${JSON.stringify(resolve(import.meta.dirname, "process-group.ts"))});
    const group = startGroup(["--eval", process.argv[1], process.argv[1]], { gracePeriodMs: 60_000 });
    group.stderr.resume();
    group.stdout.pipe(process.stdout);`;
  const outer = startGroup(["--input-type=module", "--eval", starter, STUBBORN], {
    env: { ...mark, TMPDIR: folder },
    gracePeriodMs: 0,
  });
  await started(outer);
  process.kill(await outer.pid, "SIGKILL");
  await gone();

  const group = start(STUBBORN, 60_000);
  await started(group);
  const supervisor = processesBelow(process.pid, "supervise.ts");
  expect(supervisor).toHaveLength(1);
  process.kill(supervisor[0]!, "SIGKILL");
  await group.ended;
  await gone();
});
