import { join, resolve } from "node:path";
import { CACHE } from "../models/importer/files.ts";
import { type GroupOptions, type ProcessGroup, startGroup } from "./process-group.ts";
import { ROOT } from "./state.ts";

/** For wrangler, and for programs that use it as a library. */
export const ENVIRONMENT = {
  // Nothing of what runs here may need the network, or send anything to it.
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CI: "1",
  // Or else it writes a trace of each request into the state folder, without an end.
  X_LOCAL_OBSERVABILITY: "false",
  NODE_COMPILE_CACHE: join(CACHE, "compiled"),
};

export type WranglerOptions = Pick<GroupOptions, "state" | "signal">;

/** Starts wrangler with this very Node. */
export const startWrangler = (args: readonly string[], options: WranglerOptions = {}): ProcessGroup =>
  startGroup([resolve(ROOT, "node_modules/wrangler/bin/wrangler.js"), ...args], { ...options, env: ENVIRONMENT });

/** Runs wrangler to its end; rejects with what it printed where it fails. */
export const runWrangler = (args: readonly string[], options: WranglerOptions = {}): Promise<string> =>
  outputOf(`wrangler ${args.join(" ")}`, startWrangler(args, options), options.signal);

/** What a program printed, when it has ended; rejects with that where it failed. */
export async function outputOf(name: string, group: ProcessGroup, signal?: AbortSignal): Promise<string> {
  const printed: string[] = [];
  for (const stream of [group.stdout, group.stderr]) stream.on("data", (chunk) => printed.push(String(chunk)));
  const code = await group.ended;
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${printed.join("")}`);
  return printed.join("");
}
