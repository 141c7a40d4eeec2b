import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { ROOT } from "./state.ts";

/** A Node program and all its child processes. They end together, at the latest when this process ends (see `supervise.ts`). */
export interface ProcessGroup {
  /** The id of the program's process, which leads the group. 0 if it could not be started. */
  pid: Promise<number>;
  stdout: Readable;
  stderr: Readable;
  /** Resolves with the exit code after all processes of the group have ended. */
  ended: Promise<number>;
  /** Sends SIGTERM to the program, and after the grace period SIGKILL to the whole group. */
  stop(): Promise<void>;
}

export interface GroupOptions {
  env?: Record<string, string>;
  /** The state folder that the group uses. No other program gets its lock until all processes of the group have ended. */
  state?: string | undefined;
  /** Stops the group. */
  signal?: AbortSignal | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. */
  gracePeriodMs?: number;
}

/** The message of a supervisor after the program has started: the id of its process group. */
export interface SupervisorMessage {
  group: number;
}

const DEFAULT_GRACE_PERIOD_MS = 5_000;

/** Runs Node with these arguments in a new process group. */
export function startGroup(
  args: readonly string[],
  { env = {}, state, signal, gracePeriodMs = DEFAULT_GRACE_PERIOD_MS }: GroupOptions = {},
): ProcessGroup {
  const options = ["--patience", String(gracePeriodMs), ...(state === undefined ? [] : ["--state", state])];
  const supervisor = spawn(process.execPath, [resolve(ROOT, "cli/supervise.ts"), ...options, "--", ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    // A new session, so that Ctrl-C in the terminal reaches only this program, which then stops its groups in order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let group = 0;
  const pid = new Promise<number>((started) => {
    supervisor.on("message", (message: SupervisorMessage) => {
      group = message.group;
      started(group);
    });
    supervisor.on("exit", (code) => {
      // A supervisor that was killed could not end its group itself.
      if (code === null) killGroup(group);
      started(group);
      // "close" comes only after all output has been read, so read it here if the caller does not.
      for (const stream of [supervisor.stdout, supervisor.stderr])
        if (stream?.readableFlowing === null) stream.resume();
    });
  });
  const ended = new Promise<number>((done) => {
    supervisor.on("error", () => done(1));
    // Not "exit": output can still be in transit then.
    supervisor.on("close", (code) => done(code ?? 1));
  });
  const stop = async () => {
    supervisor.kill("SIGTERM");
    await ended;
  };
  const abort = () => void stop();
  signal?.addEventListener("abort", abort, { once: true });
  void ended.then(() => signal?.removeEventListener("abort", abort));
  if (signal?.aborted) abort();
  return { pid, stdout: supervisor.stdout!, stderr: supervisor.stderr!, ended, stop };
}

function killGroup(group: number): void {
  try {
    if (group > 0) process.kill(-group, "SIGKILL");
  } catch {
    // The group has ended already.
  }
}
