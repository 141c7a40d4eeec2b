import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { localTenantKey } from "./local-tenant.ts";
import { secretsFile } from "./signing-keys.ts";
import { runWrangler, startWrangler } from "./wrangler.ts";

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
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;

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
}

/** Starts the Worker, with its tables made and the tenant `local` in them. */
export async function startServer({
  port,
  state,
  config = "wrangler.toml",
  inspectorPort = 0,
  vars = { ENVIRONMENT: "development" },
  untouched = false,
}: ServerOptions): Promise<Server> {
  await mustBeFree(port);
  mkdirSync(state, { recursive: true });
  await runWrangler(["d1", "migrations", "apply", "DB", "--local", "--persist-to", state]);
  const key = await localTenantKey(state);
  const url = `http://127.0.0.1:${port}`;
  const child = startWrangler(
    [
      "dev",
      ...["--config", config],
      ...["--port", String(port)],
      ...["--inspector-port", String(inspectorPort)],
      ...["--persist-to", state],
      ...["--env-file", await secretsFile(state)],
      ...Object.entries({ SEMBLANCE_ISSUER: url, RATE_LIMITS: "off", ...vars }).flatMap(([name, value]) => [
        "--var",
        `${name}:${value}`,
      ]),
      "--show-interactive-dev-session=false",
      ...["--log-level", untouched ? "info" : "warn"],
    ],
    // A group of its own: Ctrl-C reaches this program, which then stops the server in order.
    { stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  const ended = new Promise<void>((done) => child.on("exit", () => done()));
  // Should this program end without stopping it, the server ends with it.
  const kill = () => killGroup(child);
  process.once("exit", kill);
  void ended.then(() => process.off("exit", kill));
  const printed = relay(child);
  await until(untouched ? async () => /Ready on/.test(printed.join("")) : () => answers(url), ended, printed);
  const schedule = setInterval(() => void tick(url), SCHEDULE_MS);
  schedule.unref();
  return {
    url,
    key,
    ended,
    pid: child.pid ?? 0,
    stop: async () => {
      clearInterval(schedule);
      await end(child, ended);
    },
  };
}

export async function mustBeFree(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((free, taken) => {
    probe.on("error", () =>
      taken(new Error(`Port ${port} is in use. Stop what uses it, or choose another: PORT=${port + 1}.`)),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => free()));
  });
}

/** Passes on what the Worker logs, and keeps its last lines for an error message. */
export function relay(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
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

export async function until(ready: () => Promise<boolean>, ended: Promise<void>, printed: string[]): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (const start = Date.now(); Date.now() - start < START_LIMIT_MS && !over; ) {
    if (await ready()) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`The server did not start. It printed:\n${printed.join("")}`);
}

const tick = (url: string) =>
  fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`, {
    signal: AbortSignal.timeout(SCHEDULE_MS),
  }).catch(() => undefined);

/** The server and workerd below it: they are a process group of their own. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // They have ended already.
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  child.kill("SIGTERM");
  const patience = setTimeout(() => killGroup(child), STOP_LIMIT_MS);
  await ended;
  clearTimeout(patience);
}

/** Until Ctrl-C, a request to end, or the server's own end. */
export function stopped(ended: Promise<void>): Promise<void> {
  return new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done());
    void ended.then(done);
  });
}
