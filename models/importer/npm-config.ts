import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Options } from "pacote";

/**
 * How npm would fetch here: its registry, proxy, certificates and cache, as pacote's options. pacote itself reads no
 * .npmrc; npm is asked for what it makes of its files and variables. Tokens it does not tell.
 */
export async function npmConfig(): Promise<Options & { noProxy: unknown }> {
  const config = await askNpm();
  return {
    registry: text(config.registry),
    proxy: text(config["https-proxy"]) ?? text(config.proxy),
    noProxy: config.noproxy,
    strictSSL: config["strict-ssl"] !== false,
    ca: text(config.cafile) ? await readFile(String(config.cafile), "utf8") : text(config.ca),
    cache: text(config.cache) && join(String(config.cache), "_cacache"),
    offline: config.offline === true,
    preferOffline: config["prefer-offline"] === true,
    // npm waits 10 s and 60 s before it tries again. Whoever is offline should hear of it sooner.
    fetchRetryMintimeout: 500,
    fetchRetryMaxtimeout: 2_000,
  };
}

/** Without npm on the path, or when it fails, pacote's own defaults hold. */
async function askNpm(): Promise<Partial<Record<string, unknown>>> {
  try {
    const { stdout } = await promisify(execFile)("npm", ["config", "list", "--json"], {
      shell: process.platform === "win32",
    });
    return JSON.parse(stdout);
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
