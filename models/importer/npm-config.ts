import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Options } from "pacote";

/**
 * npm's configuration (registry, proxy, certificates and cache) as pacote's options. pacote does not read .npmrc, so this asks npm for
 * its effective configuration. npm does not print tokens.
 */
export async function npmConfig(): Promise<Options & { noProxy: unknown }> {
  const config = await readNpmConfig();
  return {
    registry: text(config.registry),
    proxy: text(config["https-proxy"]) ?? text(config.proxy),
    noProxy: config.noproxy,
    strictSSL: config["strict-ssl"] !== false,
    ca: text(config.cafile) ? await readFile(String(config.cafile), "utf8") : text(config.ca),
    cache: text(config.cache) && join(String(config.cache), "_cacache"),
    offline: config.offline === true,
    preferOffline: config["prefer-offline"] === true,
    // npm waits 10 s and 60 s before it retries. Without a network, this should fail sooner.
    fetchRetryMintimeout: 500,
    fetchRetryMaxtimeout: 2_000,
  };
}

/** If npm is not on the path or fails, pacote's own defaults apply. */
async function readNpmConfig(): Promise<Partial<Record<string, unknown>>> {
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
