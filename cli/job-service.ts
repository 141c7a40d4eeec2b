import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { answers, mustBeFree, relay, until } from "./server.ts";
import { ROOT } from "./state.ts";

/** The job service on this machine, beside the Worker that it obeys. */
export interface JobService {
  pid: number;
  stop(): Promise<void>;
}

/** Starts container/server.ts in a process of its own; it ends with this program. */
export async function startJobService({
  port,
  issuer,
  vars = {},
}: {
  port: number;
  issuer: string;
  vars?: Record<string, string>;
}): Promise<JobService> {
  await mustBeFree(port);
  const child = spawn(process.execPath, [resolve(ROOT, "container/server.ts")], {
    cwd: ROOT,
    // A group of its own: Ctrl-C reaches this program, which then stops the service in order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SEMBLANCE_LOG: "info", ...vars, PORT: String(port), SEMBLANCE_ISSUER: issuer },
  });
  const ended = new Promise<void>((done) => child.on("exit", () => done()));
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  void ended.then(() => process.off("exit", kill));
  await until(() => answers(`http://127.0.0.1:${port}`), ended, relay(child));
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
