import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { ROOT } from "./state.ts";

/** A Node program and all the processes below it, which end together, and with this process: see `supervise.ts`. */
export interface ProcessGroup {
  /** The program's process, which leads the group; 0 where it could not be started. */
  pid: Promise<number>;
  stdout: Readable;
  stderr: Readable;
  /** Resolves with the exit code when no process of the group is left. */
  ended: Promise<number>;
  /** SIGTERM for the program, and SIGKILL for what is left of the group when its patience is over. */
  stop(): Promise<void>;
}

export interface GroupOptions {
  env?: Record<string, string>;
  /** The state folder that the group uses: nobody else gets its lock while a process of the group is left. */
  state?: string | undefined;
  /** Stops the group. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that the program has to end by itself after SIGTERM. */
  patienceMs?: number;
}

/** What a supervisor says when the program has started: the id of its process group. */
export interface FromSupervisor {
  group: number;
}

const PATIENCE_MS = 5_000;

/** Runs Node with these arguments in a process group of its own. */
export function startGroup(
  args: readonly string[],
  { env = {}, state, signal, patienceMs = PATIENCE_MS }: GroupOptions = {},
): ProcessGroup {
  const options = ["--patience", String(patienceMs), ...(state === undefined ? [] : ["--state", state])];
  const supervisor = spawn(process.execPath, [resolve(ROOT, "cli/supervise.ts"), ...options, "--", ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    // A session of its own: a terminal's Ctrl-C reaches this program, which then stops its groups in order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let group = 0;
  const pid = new Promise<number>((started) => {
    supervisor.on("message", (message: FromSupervisor) => {
      group = message.group;
      started(group);
    });
    supervisor.on("exit", (code) => {
      // A supervisor that was killed could not end its group.
      if (code === null) killGroup(group);
      started(group);
      // "close" comes when what was printed has been read, also where nobody reads it.
      for (const stream of [supervisor.stdout, supervisor.stderr])
        if (stream?.readableFlowing === null) stream.resume();
    });
  });
  const ended = new Promise<number>((done) => {
    supervisor.on("error", () => done(1));
    // Not "exit": what the program printed may still be on its way then.
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
    // It has ended already.
  }
}
