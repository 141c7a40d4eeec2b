import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openExplorer } from "./explorer.ts";
import { developmentKeyFile, localKeyFile } from "./local-tenant.ts";
import { type ProcessGroup, startGroup } from "./process-group.ts";
import { deleteUnreadableShards } from "./shard-files.ts";
import { secretsFile } from "./signing-keys.ts";
import { ROOT } from "./state.ts";
import { lockState } from "./state-lock.ts";
import { UserError } from "./user-error.ts";
import { ENVIRONMENT, outputOf, runWrangler, startWrangler } from "./wrangler.ts";

/** The Worker, running locally: workerd with D1, Durable Objects, a queue and Images. Its data is in a state folder. */
export interface Server {
  url: string;
  /** The ADMIN key of the tenant `local`. */
  key: string;
  /** Resolves when the server has ended. */
  ended: Promise<void>;
  /** The id of the server's process. workerd is its child process. */
  pid: number;
  stop(): Promise<void>;
}

/** Interval of the scheduled handler (cron in wrangler.toml). workerd does not run schedules locally. */
const SCHEDULE_MS = 60_000;
/** Interval at which the search shards' databases are checked. */
const SHARD_CHECK_MS = 5_000;
const START_LIMIT_MS = 60_000;
/** The Workflow of wrangler.toml. */
const WORKFLOW = "semblance-job";
/** Folders of files that are never read: job channels store no data, and traces are not used. Deleted at each start. */
const UNUSED_FOLDERS = ["v3/do/semblance-JobChannel", "v3/observability"];

export interface ServerOptions {
  port: number;
  state: string;
  /** The wrangler configuration. Default: wrangler.toml. */
  config?: string;
  /** The port of V8's inspector. Default: none. */
  inspectorPort?: number;
  vars?: Record<string, string>;
  /** Waits for wrangler's "Ready" line instead of a health check, so that the Worker's first request is the caller's. */
  skipHealthCheck?: boolean;
  /** The port on which the job service will listen. */
  jobServicePort?: number;
  /** Cancels the start. After the start, the caller must call `stop`. */
  signal?: AbortSignal | undefined;
}

/**
 * Starts the Worker, applies the migrations and creates the tenant `local`. The server holds the state folder's lock until it has
 * ended. Throws a `UserError` if another program uses the folder or the port.
 */
export async function startServer({
  port,
  state,
  config = "wrangler.toml",
  inspectorPort = 0,
  vars = { ENVIRONMENT: "development" },
  skipHealthCheck = false,
  jobServicePort,
  signal,
}: ServerOptions): Promise<Server> {
  const url = `http://127.0.0.1:${port}`;
  const lock = await lockState(state, { url, signal });
  const release = () => lock.release();
  const reserved: (() => Promise<void>)[] = [];
  const releasePorts = () => Promise.all(reserved.splice(0).map((releasePort) => releasePort()));
  try {
    reserved.push(await reservePort(port));
    if (jobServicePort !== undefined) reserved.push(await reservePort(jobServicePort));
    for (const folder of UNUSED_FOLDERS) rmSync(resolve(state, folder), { recursive: true, force: true });
    await runWrangler(["d1", "migrations", "apply", "DB", "--local", "--persist-to", state], { state, signal });
    // In a separate process group, which also ends if this process is killed.
    const tenant = startGroup([resolve(ROOT, "cli/local-tenant.ts"), state], { state, signal, env: ENVIRONMENT });
    await outputOf("cli/local-tenant.ts", tenant, signal);
    deleteUnreadableShards(state);
    const variables = {
      SEMBLANCE_ISSUER: url,
      RATE_LIMITS: "off",
      ...(jobServicePort !== undefined && { JOB_SERVICE_URL: `http://127.0.0.1:${jobServicePort}` }),
      ...vars,
    };
    const secrets = await secretsFile(state);
    await releasePorts();
    const group = startWrangler(
      [
        "dev",
        ...["--config", config],
        ...["--port", String(port)],
        ...["--inspector-port", String(inspectorPort)],
        ...["--persist-to", state],
        ...["--env-file", secrets],
        ...(vars.ENVIRONMENT === "development" ? ["--env-file", developmentKeyFile(state)] : []),
        ...Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
        "--show-interactive-dev-session=false",
        ...["--log-level", skipHealthCheck ? "info" : "warn"],
      ],
      { state },
    );
    void group.ended.then(release);
    const output = relayOutput(group);
    const isListening = async () => /Ready on/.test(output.join(""));
    await waitUntilReady(skipHealthCheck ? isListening : () => isHealthy(url), group, output, signal);

    const explorer = openExplorer(url);
    // If it fails, the next run in a minute tries again.
    const deleteCompletedWorkflows = () => explorer.deleteCompleted(WORKFLOW).catch(() => undefined);
    if (!skipHealthCheck) void deleteCompletedWorkflows();
    const schedule = setInterval(() => void runSchedule(url).then(deleteCompletedWorkflows), SCHEDULE_MS);
    schedule.unref();
    const shards = setInterval(() => deleteUnreadableShards(state), SHARD_CHECK_MS);
    shards.unref();
    void group.ended.then(() => {
      clearInterval(schedule);
      clearInterval(shards);
    });
    return {
      url,
      key: readFileSync(localKeyFile(state), "utf8").trim(),
      ended: group.ended.then(() => undefined),
      pid: await group.pid,
      stop: () => group.stop(),
    };
  } catch (error) {
    await releasePorts();
    release();
    throw error;
  }
}

/**
 * Reserves a port, so that of two programs that start at the same time one fails early. Throws a `UserError` if the port is in use.
 * Resolves with a function that releases the port.
 */
export async function reservePort(port: number): Promise<() => Promise<void>> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((listening, failed) => {
    server.on("error", ({ code }: NodeJS.ErrnoException) => {
      const reason = code === "EADDRINUSE" ? "is in use by another program" : `cannot be used (${code})`;
      failed(
        new UserError(
          `Port ${port} ${reason}. Choose another port for the API with PORT=NUMBER; the job service uses the next one.`,
        ),
      );
    });
    server.listen(port, "127.0.0.1", listening);
  });
  return () => new Promise((closed) => server.close(() => closed()));
}

/** Forwards a program's output to stderr if SEMBLANCE_LOG is set, and keeps the last lines for an error message. */
export function relayOutput(group: ProcessGroup): string[] {
  const lines: string[] = [];
  for (const stream of [group.stdout, group.stderr]) {
    stream.on("data", (chunk) => {
      lines.push(String(chunk));
      if (lines.length > 100) lines.shift();
      if (process.env.SEMBLANCE_LOG) process.stderr.write(chunk);
    });
  }
  return lines;
}

export const isHealthy = async (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Waits until the program is ready. If it ends before or the signal aborts, stops the whole group and rejects. */
export async function waitUntilReady(
  ready: () => Promise<boolean>,
  group: ProcessGroup,
  output: string[],
  signal?: AbortSignal,
): Promise<void> {
  let hasEnded = false;
  void group.ended.then(() => {
    hasEnded = true;
  });
  for (const start = Date.now(); Date.now() - start < START_LIMIT_MS && !hasEnded && !signal?.aborted; ) {
    if (await ready()) return;
    await wait(100);
  }
  await group.stop();
  signal?.throwIfAborted();
  throw new Error(`The server did not start. Its output:\n${output.join("")}`);
}

const runSchedule = (url: string) =>
  fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`, {
    signal: AbortSignal.timeout(SCHEDULE_MS),
  }).catch(() => undefined);
