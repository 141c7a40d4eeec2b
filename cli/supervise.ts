/**
 * Runs a Node program in a process group of its own, and ends the whole group when the program ends, on SIGTERM, and when
 * whoever started this process has ended, however that came: by SIGKILL, too. `process-group.ts` starts it.
 *
 *   node cli/supervise.ts --patience MS [--state FOLDER] -- ARGUMENTS OF NODE
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { FromSupervisor } from "./process-group.ts";
import { shareState } from "./state-lock.ts";

/** What a program whose starter has ended may take: nobody is there for whom it could finish anything. */
const ORPHAN_PATIENCE_MS = 2_000;
/** The time that the system takes to end processes that were sent SIGKILL. */
const KILL_LIMIT_MS = 2_000;

const { values, positionals } = parseArgs({
  options: { patience: { type: "string", default: "0" }, state: { type: "string" } },
  allowPositionals: true,
});
// Before the program starts, so that there is no moment at which its state folder seems to be free.
if (values.state) shareState(values.state);
// Whoever started this has ended already, and may have a successor.
if (!process.connected) process.exit(1);
// Before the program starts: a signal that came between would end this process alone.
let killing: NodeJS.Timeout | undefined;
function end(patience: number): void {
  clearTimeout(killing);
  killing = setTimeout(() => signalGroup("SIGKILL"), patience);
  child.kill("SIGTERM");
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(Number(values.patience)));
process.on("disconnect", () => end(ORPHAN_PATIENCE_MS));

// What the group leaves in its temporary folder goes with it.
const folder = mkdtempSync(join(tmpdir(), "semblance-"));
const child = spawn(process.execPath, positionals, {
  // A group of its own, so that it can be ended without ending this process.
  detached: true,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, TMPDIR: folder, WRANGLER_LOG_PATH: join(folder, "logs"), WRANGLER_REGISTRY_PATH: folder },
});
const started: FromSupervisor = { group: child.pid ?? 0 };
process.send?.(started, undefined, undefined, () => undefined);

child.on("exit", async (code) => {
  clearTimeout(killing);
  for (const begun = Date.now(); signalGroup("SIGKILL") && Date.now() - begun < KILL_LIMIT_MS; ) await wait(10);
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});

/** False where nobody is left in the group. */
function signalGroup(signal: NodeJS.Signals): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}
