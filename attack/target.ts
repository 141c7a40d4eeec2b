import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "../cli/client.ts";
import { type Server, startServer } from "../cli/server.ts";
import { freePort } from "../test/support/ports.ts";
import { writeConfiguration } from "./configuration.ts";

/** A tenant of the attacked server. */
export interface Tenant {
  id: string;
  /** An ADMIN key. */
  key: string;
  api: Client;
}

/** A real Worker (wrangler dev, workerd) with its own state folder, and with endpoints that read its memory and storage. */
export interface Target {
  url: string;
  inspectorPort: number;
  /** Port of the job service. It runs only during attacks that start it. */
  jobServicePort: number;
  /** The process id of wrangler. workerd is its child process. */
  readonly pid: number;
  createTenant(name: string): Promise<Tenant>;
  /** Calls an attack endpoint of `worker.ts`. */
  callEndpoint<T>(name: string, body?: unknown): Promise<T>;
  /** Whether the server answers within five seconds. */
  isAnswering(): Promise<boolean>;
  /** Stops the server and starts it again with the same state folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Longer than any endpoint takes on a busy machine. */
const ENDPOINT_TIMEOUT_MS = 60_000;

/** Makes Ctrl-C end the program by `process.exit`. The exit also ends the server and the job service, and deletes the folder. */
function cleanUpOnExit(folder: string): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.once(signal, () => process.exit(code));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}

export async function startTarget(vars: Record<string, string> = {}): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "semblance-attack-"));
  cleanUpOnExit(folder);
  const state = join(folder, "state");
  const jobServicePort = await freePort();
  const settings = {
    port: await freePort(),
    inspectorPort: await freePort(),
    state,
    config: await writeConfiguration(folder),
    vars: {
      ENVIRONMENT: "production",
      RATE_LIMITS: "on",
      JOB_SERVICE_URL: `http://127.0.0.1:${jobServicePort}`,
      ...vars,
    },
  };
  let server: Server;
  try {
    server = await startServer(settings);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const { url } = server;
  const callEndpoint = async <T>(name: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/attack/${name}`, {
      signal: AbortSignal.timeout(ENDPOINT_TIMEOUT_MS),
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`/attack/${name} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return (await response.json()) as T;
  };
  return {
    url,
    inspectorPort: settings.inspectorPort,
    jobServicePort,
    get pid() {
      return server.pid;
    },
    callEndpoint,
    async createTenant(name) {
      const { id, key } = await callEndpoint<{ id: string; key: string }>("tenant", { name });
      return { id, key, api: createClient(url, key) };
    },
    isAnswering: () =>
      fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) }).then(
        ({ ok }) => ok,
        () => false,
      ),
    async restart() {
      await server.stop();
      server = await startServer(settings);
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
