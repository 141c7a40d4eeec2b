import { resolve } from "node:path";
import { type Server, type ServerOptions, startServer } from "../cli/server.ts";

/** The setup of a measurement: the first port that it can use, a temporary folder, and pictures. */
export interface BenchSetup {
  port: number;
  scratch: string;
  pictures: { portrait: string; square: string; phone: string };
}

/** Starts the product with the measuring endpoints, production settings and a separate state folder. */
export const startBenchServer = (
  { port, scratch }: BenchSetup,
  state: string,
  options: Pick<ServerOptions, "inspectorPort" | "skipHealthCheck"> = {},
): Promise<Server> =>
  startServer({
    ...options,
    port,
    state: resolve(scratch, state),
    config: "bench/wrangler.toml",
    vars: { ENVIRONMENT: "production", RATE_LIMITS: "on" },
  });

/** Calls a measuring endpoint of `worker.ts`. */
export async function callEndpoint<T = { millis: number }>(url: string, path: string): Promise<T> {
  const response = await fetch(new URL(`/bench/${path}`, url), { signal: AbortSignal.timeout(600_000) });
  if (!response.ok)
    throw new Error(`/bench/${path} answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
  return (await response.json()) as T;
}
