import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openExplorer } from "./explorer.ts";
import { localKeyFile } from "./local-tenant.ts";
import { type ProcessGroup, startGroup } from "./process-group.ts";
import { Refusal } from "./refusal.ts";
import { deleteUnreadableShards } from "./shard-files.ts";
import { secretsFile } from "./signing-keys.ts";
import { ROOT } from "./state.ts";
import { lockState } from "./state-lock.ts";
import { ENVIRONMENT, outputOf, runWrangler, startWrangler } from "./wrangler.ts";

/** The real Worker on this machine: workerd with D1, Durable Objects, queue and Images, kept in a state folder. */
export interface Server {
  url: string;
  /** The ADMIN key of the tenant `local`. */
  key: string;
  /** Ends when the server has ended by itself. */
  ended: Promise<void>;
  /** The process of the server; workerd runs below it. */
  pid: number;
  stop(): Promise<void>;
}

/** How often the schedule of wrangler.toml comes round: workerd on one's own machine has no clock for it. */
const SCHEDULE_MS = 60_000;
/** How often the search shards' databases are looked at. */
const SHARDS_MS = 5_000;
const START_LIMIT_MS = 60_000;
/** The Workflow of wrangler.toml. */
const WORKFLOW = "semblance-job";
/** What workerd and wrangler write into the state folder and nobody reads again: the job channels store nothing, and traces are not kept. */
const UNREAD = ["v3/do/semblance-JobChannel", "v3/observability"];

export interface ServerOptions {
  port: number;
  state: string;
  /** The wrangler configuration: the product's own unless said. */
  config?: string;
  /** Where V8's inspector listens; nowhere unless said. */
  inspectorPort?: number;
  vars?: Record<string, string>;
  /** Takes wrangler's word that it listens instead of asking the Worker, whose first request is then the caller's. */
  untouched?: boolean;
  /** Where the job service will listen. */
  jobServicePort?: number;
  /** Gives up the start; the caller stops what has started. */
  signal?: AbortSignal | undefined;
}

/**
 * Starts the Worker, with its tables made and the tenant `local` in them. The server has the state folder's lock until it has ended.
 * Refuses a folder that another program uses, and a port that is not free.
 */
export async function startServer({
  port,
  state,
  config = "wrangler.toml",
  inspectorPort = 0,
  vars = { ENVIRONMENT: "development" },
  untouched = false,
  jobServicePort,
  signal,
}: ServerOptions): Promise<Server> {
  const url = `http://127.0.0.1:${port}`;
  const lock = await lockState(state, { url, signal });
  const release = () => lock.release();
  const reserved: (() => Promise<void>)[] = [];
  const giveBack = () => Promise.all(reserved.splice(0).map((back) => back()));
  try {
    reserved.push(await reservePort(port));
    if (jobServicePort !== undefined) reserved.push(await reservePort(jobServicePort));
    for (const folder of UNREAD) rmSync(resolve(state, folder), { recursive: true, force: true });
    await runWrangler(["d1", "migrations", "apply", "DB", "--local", "--persist-to", state], { state, signal });
    // In a process of its own, which ends also where this one is killed.
    const tenant = startGroup([resolve(ROOT, "cli/local-tenant.ts"), state], { state, signal, env: ENVIRONMENT });
    await outputOf("cli/local-tenant.ts", tenant, signal);
    deleteUnreadableShards(state);
    const all = {
      SEMBLANCE_ISSUER: url,
      ...(jobServicePort !== undefined && { JOB_SERVICE_URL: `http://127.0.0.1:${jobServicePort}` }),
      ...vars,
    };
    const secrets = await secretsFile(state);
    await giveBack();
    const group = startWrangler(
      [
        "dev",
        ...["--config", config],
        ...["--port", String(port)],
        ...["--inspector-port", String(inspectorPort)],
        ...["--persist-to", state],
        ...["--env-file", secrets],
        ...Object.entries(all).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
        "--show-interactive-dev-session=false",
        ...["--log-level", untouched ? "info" : "warn"],
      ],
      { state },
    );
    void group.ended.then(release);
    const printed = relay(group);
    const listens = async () => /Ready on/.test(printed.join(""));
    await until(untouched ? listens : () => answers(url), group, printed, signal);

    const explorer = openExplorer(url);
    // What fails now is done a minute later.
    const tidy = () => explorer.deleteCompleted(WORKFLOW).catch(() => undefined);
    if (!untouched) void tidy();
    const schedule = setInterval(() => void tick(url).then(tidy), SCHEDULE_MS);
    schedule.unref();
    const shards = setInterval(() => deleteUnreadableShards(state), SHARDS_MS);
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
    await giveBack();
    release();
    throw error;
  }
}

/**
 * Takes a port, so that of two programs that start at once one is refused before it has done anything; refuses one that is in use.
 * The function that it resolves with gives the port back.
 */
export async function reservePort(port: number): Promise<() => Promise<void>> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((listening, failed) => {
    server.on("error", ({ code }: NodeJS.ErrnoException) => {
      const why = code === "EADDRINUSE" ? "is in use by another program" : `cannot be used (${code})`;
      failed(
        new Refusal(
          `Port ${port} ${why}. Choose another one for the API, and the next one for the job service: PORT=NUMBER.`,
        ),
      );
    });
    server.listen(port, "127.0.0.1", listening);
  });
  return () => new Promise((closed) => server.close(() => closed()));
}

/** Passes on what a program logs, and keeps its last lines for an error message. */
export function relay(group: ProcessGroup): string[] {
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

export const answers = async (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Waits until the program is ready; where it ends before, or the signal aborts, nothing of it is left when this rejects. */
export async function until(
  ready: () => Promise<boolean>,
  group: ProcessGroup,
  printed: string[],
  signal?: AbortSignal,
): Promise<void> {
  let over = false;
  void group.ended.then(() => {
    over = true;
  });
  for (const start = Date.now(); Date.now() - start < START_LIMIT_MS && !over && !signal?.aborted; ) {
    if (await ready()) return;
    await wait(100);
  }
  await group.stop();
  signal?.throwIfAborted();
  throw new Error(`The server did not start. It printed:\n${printed.join("")}`);
}

const tick = (url: string) =>
  fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`, {
    signal: AbortSignal.timeout(SCHEDULE_MS),
  }).catch(() => undefined);
