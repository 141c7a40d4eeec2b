import { resolve } from "node:path";
import { readSettings } from "../container/service/settings.ts";
import { startGroup } from "./process-group.ts";
import { isHealthy, relayOutput, reservePort, waitUntilReady } from "./server.ts";
import { ROOT } from "./state.ts";

/** A local job service, which takes jobs from one Worker. */
export interface JobService {
  pid: number;
  stop(): Promise<void>;
}

/** Starts container/server.ts in its own process group, which ends with this program. Throws a `UserError` if the port is in use. */
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
  /** The state folder. Its lock stays taken until the service has ended. */
  state?: string;
  signal?: AbortSignal | undefined;
}): Promise<JobService> {
  // Checked here too, because the service would only report a used port in its log.
  const releasePort = await reservePort(port);
  await releasePort();
  const env = { SEMBLANCE_LOG: "info", ...vars, PORT: String(port), SEMBLANCE_ISSUER: issuer };
  const group = startGroup([resolve(ROOT, "container/server.ts")], { env, state, gracePeriodMs: gracePeriodOf(env) });
  await waitUntilReady(() => isHealthy(`http://127.0.0.1:${port}`), group, relayOutput(group), signal);
  return { pid: await group.pid, stop: () => group.stop() };
}

/** Longer than the service's own drain limit. 0 if its settings are invalid: the service then prints an error and ends by itself. */
function gracePeriodOf(env: Record<string, string>): number {
  const settings = readSettings({ ...process.env, ...env });
  return "error" in settings ? 0 : 1_000 * (settings.SEMBLANCE_DRAIN_SECONDS + 2);
}
