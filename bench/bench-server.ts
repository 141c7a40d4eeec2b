import { resolve } from "node:path";
import { type Server, type ServerOptions, startServer } from "../cli/server.ts";

/** Where a measurement runs: ports that it may use, a scratch folder, the pictures made for it. */
export interface Place {
  port: number;
  scratch: string;
  pictures: { portrait: string; square: string; phone: string };
}

/** The product with the measuring instruments beside it, in production's settings, on a state folder of its own. */
export const startBenchServer = (
  { port, scratch }: Place,
  state: string,
  options: Pick<ServerOptions, "inspectorPort" | "untouched"> = {},
): Promise<Server> =>
  startServer({
    ...options,
    port,
    state: resolve(scratch, state),
    config: "bench/wrangler.toml",
    vars: { ENVIRONMENT: "production", RATE_LIMITS: "on" },
  });

/** An instrument's answer. */
export async function instrument<T = { millis: number }>(url: string, path: string): Promise<T> {
  const response = await fetch(new URL(`/bench/${path}`, url), { signal: AbortSignal.timeout(600_000) });
  if (!response.ok)
    throw new Error(`/bench/${path} answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
  return (await response.json()) as T;
}
