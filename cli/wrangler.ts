import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { resolve } from "node:path";
import { ROOT } from "./state.ts";

/** Nothing of what runs here may need the network, or send anything to it. */
const OFFLINE = { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };

/** Starts wrangler with this very Node. */
export const startWrangler = (args: string[], options: SpawnOptions = {}): ChildProcess =>
  spawn(process.execPath, [resolve(ROOT, "node_modules/wrangler/bin/wrangler.js"), ...args], {
    cwd: ROOT,
    ...options,
    env: { ...process.env, ...OFFLINE, CI: "1", ...options.env },
  });

/** Runs wrangler to its end; throws with what it printed where it fails. */
export function runWrangler(args: string[]): Promise<string> {
  const child = startWrangler(args, { stdio: ["ignore", "pipe", "pipe"] });
  const printed: string[] = [];
  child.stdout?.on("data", (chunk) => printed.push(String(chunk)));
  child.stderr?.on("data", (chunk) => printed.push(String(chunk)));
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("exit", (code) => {
      if (code === 0) done(printed.join(""));
      else failed(new Error(`wrangler ${args.join(" ")} ended with ${code}:\n${printed.join("")}`));
    });
  });
}
