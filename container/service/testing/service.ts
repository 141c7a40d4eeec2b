import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import * as v from "valibot";

/** The real service in a process of its own. */
export interface RunningService {
  url: string;
  pid: number;
  /** All lines of its log so far. */
  lines: string[];
  /** Exit code, when it has ended. */
  ended: Promise<number | null>;
  /** Resolves with the exit code. */
  terminate(): Promise<number | null>;
}

const SERVER = resolve(import.meta.dirname, "../../server.ts");
const Listening = v.object({ event: v.literal("listening"), port: v.number() });
/** What hangs must not outlive its test. */
const LONGEST_MS = 120_000;

export function spawnService(variables: Record<string, string>, ...args: string[]): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [SERVER, ...args], {
    env: { PATH, HOME, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LONGEST_MS,
    killSignal: "SIGKILL",
  });
  return child;
}

export async function startService(variables: Record<string, string>): Promise<RunningService> {
  const child = spawnService({ PORT: "0", SEMBLANCE_PROVIDER: "cpu", ...variables });
  const lines: string[] = [];
  const ended = new Promise<number | null>((end) => child.once("close", end));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => lines.push(text));
  const port = await new Promise<number>((listening, failed) => {
    createInterface(child.stdout!).on("line", (line) => {
      lines.push(line);
      const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Listening), line);
      if (read.success) listening(read.output.port);
    });
    void ended.then((code) => failed(new Error(`The service ended (${code}): ${lines.join("\n")}`)));
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
