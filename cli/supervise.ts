/**
 * Runs a Node program in a new process group. Ends the whole group when the program ends, on SIGTERM, and when the parent process
 * has ended for any reason, including SIGKILL. Started by `process-group.ts`.
 *
 *   node cli/supervise.ts --patience MS [--state FOLDER] -- ARGUMENTS OF NODE
 *
 * --patience: grace period between SIGTERM and SIGKILL, in milliseconds.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { SupervisorMessage } from "./process-group.ts";
import { shareState } from "./state-lock.ts";

/** The grace period of a program whose parent has ended. It is short, because nothing waits for the program's work. */
const ORPHAN_GRACE_PERIOD_MS = 2_000;
/** How long to wait for the system to end processes after SIGKILL. */
const KILL_LIMIT_MS = 2_000;

const { values, positionals } = parseArgs({
  options: { patience: { type: "string", default: "0" }, state: { type: "string" } },
  allowPositionals: true,
});
// Before the program starts, so that its state folder never seems to be free.
if (values.state) shareState(values.state);
// The parent has ended already, and a successor may be running.
if (!process.connected) process.exit(1);
// Installed before the program starts: otherwise a signal could end only this process.
let killTimer: NodeJS.Timeout | undefined;
function stopChild(gracePeriodMs: number): void {
  clearTimeout(killTimer);
  killTimer = setTimeout(() => signalGroup("SIGKILL"), gracePeriodMs);
  child.kill("SIGTERM");
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => stopChild(Number(values.patience)));
process.on("disconnect", () => stopChild(ORPHAN_GRACE_PERIOD_MS));

// The group's temporary folder, which is deleted with the group.
const folder = mkdtempSync(join(tmpdir(), "semblance-"));
const child = spawn(process.execPath, positionals, {
  // A new group, so that it can be ended without ending this process.
  detached: true,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, TMPDIR: folder, WRANGLER_LOG_PATH: join(folder, "logs"), WRANGLER_REGISTRY_PATH: folder },
});
const started: SupervisorMessage = { group: child.pid ?? 0 };
process.send?.(started, undefined, undefined, () => undefined);

child.on("exit", async (code) => {
  clearTimeout(killTimer);
  for (const start = Date.now(); signalGroup("SIGKILL") && Date.now() - start < KILL_LIMIT_MS; ) await wait(10);
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});

/** Sends a signal to the group. Returns false if all its processes have ended. */
function signalGroup(signal: NodeJS.Signals): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}
