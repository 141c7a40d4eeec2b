import { resolve } from "node:path";
import { readSettings } from "../container/service/settings.ts";
import { startGroup } from "./process-group.ts";
import { answers, relay, reservePort, until } from "./server.ts";
import { ROOT } from "./state.ts";

/** The job service on this machine, beside the Worker that it obeys. */
export interface JobService {
  pid: number;
  stop(): Promise<void>;
}

/** Starts container/server.ts in a process group of its own; it ends with this program. Refuses a port that is not free. */
export async function startJobService({
  port,
  issuer,
  vars = {},
  state,
  signal,
}: {
  port: number;
  issuer: string;
  vars?: Record<string, string>;
  /** The state folder whose lock waits for the service's end. */
  state?: string;
  signal?: AbortSignal | undefined;
}): Promise<JobService> {
  // Looked at here as well: the service's own refusal would be a line of its log.
  const giveBack = await reservePort(port);
  await giveBack();
  const env = { SEMBLANCE_LOG: "info", ...vars, PORT: String(port), SEMBLANCE_ISSUER: issuer };
  const group = startGroup([resolve(ROOT, "container/server.ts")], { env, state, patienceMs: patience(env) });
  await until(() => answers(`http://127.0.0.1:${port}`), group, relay(group), signal);
  return { pid: await group.pid, stop: () => group.stop() };
}

/** Longer than the service's own limit for ending in order; where its settings are unusable, it says so itself and ends. */
function patience(env: Record<string, string>): number {
  const settings = readSettings({ ...process.env, ...env });
  return "error" in settings ? 0 : 1_000 * (settings.SEMBLANCE_DRAIN_SECONDS + 2);
}
