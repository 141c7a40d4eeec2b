import { join, resolve } from "node:path";
import { CACHE } from "../models/importer/files.ts";
import { type GroupOptions, type ProcessGroup, startGroup } from "./process-group.ts";
import { ROOT } from "./state.ts";

/** Environment variables for wrangler, and for programs that use it as a library. */
export const ENVIRONMENT = {
  // Local programs must neither need the network nor send data to it.
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CI: "1",
  // Otherwise wrangler writes a trace of each request into the state folder, without limit.
  X_LOCAL_OBSERVABILITY: "false",
  NODE_COMPILE_CACHE: join(CACHE, "compiled"),
};

export type WranglerOptions = Pick<GroupOptions, "state" | "signal">;

/** Starts wrangler with the Node that runs this program. */
export const startWrangler = (args: readonly string[], options: WranglerOptions = {}): ProcessGroup =>
  startGroup([resolve(ROOT, "node_modules/wrangler/bin/wrangler.js"), ...args], { ...options, env: ENVIRONMENT });

/** Runs wrangler to its end and returns its output. Rejects with the output if it fails. */
export const runWrangler = (args: readonly string[], options: WranglerOptions = {}): Promise<string> =>
  outputOf(`wrangler ${args.join(" ")}`, startWrangler(args, options), options.signal);

/** Waits for a program and returns its output. Rejects with the output if it fails. */
export async function outputOf(name: string, group: ProcessGroup, signal?: AbortSignal): Promise<string> {
  const printed: string[] = [];
  for (const stream of [group.stdout, group.stderr]) stream.on("data", (chunk) => printed.push(String(chunk)));
  const code = await group.ended;
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(`${name} failed with exit code ${code}:\n${printed.join("")}`);
  return printed.join("");
}
