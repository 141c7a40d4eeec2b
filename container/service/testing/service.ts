import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import * as v from "valibot";

/** The real service in a separate process. */
export interface RunningService {
  url: string;
  pid: number;
  /** All lines of its log so far. */
  lines: string[];
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
  /** Sends SIGTERM and resolves with the exit code. */
  terminate(): Promise<number | null>;
}

const SERVER = resolve(import.meta.dirname, "../../server.ts");
const Listening = v.object({ event: v.literal("listening"), port: v.number() });
/** A service that hangs is killed after this time. */
const KILL_AFTER_MS = 120_000;

export function spawnService(variables: Record<string, string>, ...args: string[]): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [SERVER, ...args], {
    env: { PATH, HOME, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: KILL_AFTER_MS,
    killSignal: "SIGKILL",
  });
  return child;
}

export async function startService(variables: Record<string, string>): Promise<RunningService> {
  const child = spawnService({ PORT: "0", SEMBLANCE_PROVIDER: "cpu", ...variables });
  const lines: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => lines.push(text));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout!).on("line", (line) => {
      lines.push(line);
      const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Listening), line);
      if (read.success) resolve(read.output.port);
    });
    void ended.then((code) => reject(new Error(`The service ended with exit code ${code}: ${lines.join("\n")}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    lines,
    ended,
    terminate() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}
