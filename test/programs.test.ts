import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createClient, PictureFile } from "../cli/client.ts";
import { ROOT } from "../cli/state.ts";
import { watchJob } from "../client/src/jobs.ts";
import { MAX_BODY_BYTES } from "../workers/graphql/body.ts";
import { sendChunked } from "./support/chunked.ts";
import { freePort } from "./support/ports.ts";
import { commandLinesWith, newProcessMark } from "./support/processes.ts";

/** The command-line programs, as separate processes with their own state folders. */
const PORT = await freePort();

interface Program {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
  /** The command lines of the program and its descendants. */
  processes: () => string[];
  /** The folder for temporary files of the program and its descendants. */
  temporary: string;
}

const started: Program[] = [];
afterEach(async () => {
  for (const { child, processes } of started.splice(0)) {
    child.kill("SIGKILL");
    await vi.waitFor(() => expect(processes()).toEqual([]), 20_000);
  }
});

function start(script: string, args: string[], state: string, port = PORT): Program {
  const mark = newProcessMark();
  const temporary = mkdtempSync(resolve(tmpdir(), "semblance-programs-"));
  const child = spawn(process.execPath, [resolve(ROOT, script), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...mark, SEMBLANCE_STATE: state, PORT: String(port), TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
    // A separate process group, as in a terminal.
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const program: Program = {
    ...{ child, temporary },
    output: () => text,
    ended: new Promise((done) => child.on("exit", done)),
    processes: () => commandLinesWith(mark),
  };
  started.push(program);
  return program;
}

const newState = () => mkdtempSync(resolve(tmpdir(), "semblance-state-"));

async function waitUntilReady(output: () => string): Promise<{ url: string; key: string }> {
  for (const begun = Date.now(); Date.now() - begun < 60_000; ) {
    const [, url, key] = /^ready (\S+) key=(\S+)$/m.exec(output()) ?? [];
    if (url && key) return { url, key };
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`The server did not get ready: ${output()}`);
}

test("dev prints the same key at every start and stops on Ctrl-C, and create-tenant adds a tenant once", async () => {
  const state = mkdtempSync(resolve(tmpdir(), "semblance-dev-"));
  const before = await runDevOnce(state);

  const made = start("cli/create-tenant.ts", ["--name", "Acme"], state);
  expect(await made.ended, made.output()).toBe(0);
  const [acme = ""] = /smb_[\w-]+/.exec(made.output()) ?? [];
  const again = start("cli/create-tenant.ts", ["--name", "Acme"], state);
  expect(await again.ended).not.toBe(0);
  expect(again.output()).toMatch(/Acme/);
  expect(again.output()).not.toMatch(/at .*\.ts:\d+/); // no stack trace

  const after = await runDevOnce(state, async (url) => {
    const viewer = await createClient(url, acme).request("{ viewer { tenant { name } scopes } }");
    expect(viewer).toEqual({ viewer: { tenant: { name: "Acme" }, scopes: ["ADMIN"] } });
  });
  expect(after).toBe(before);
  expect(statSync(resolve(state, "local.key")).mode & 0o777).toBe(0o600);
  expect(readFileSync(resolve(state, "local.key"), "utf8").trim()).toBe(before);
});

/** An origin that `--origin` allows. */
const ORIGIN = "https://app.example";

/** Starts `npm run dev` with its options, checks that it is ready, and stops it with Ctrl-C. Returns the local key. */
async function runDevOnce(state: string, meanwhile: (url: string) => Promise<void> = async () => {}): Promise<string> {
  const dev = start("cli/dev.ts", ["--allow-loopback", "--origin", `${ORIGIN}/page`], state);
  const { url, key } = await waitUntilReady(dev.output);
  expect(url).toBe(`http://127.0.0.1:${PORT}`);
  expect(await createClient(url, key).request("{ viewer { tenant { name } } }")).toEqual({
    viewer: { tenant: { name: "local" } },
  });
  const readiness = await fetch(`${url}/readyz`);
  expect([readiness.status, await readiness.json()]).toEqual([200, { models: true, database: true, migrations: true }]);
  const fromOrigin = await fetch(`${url}/graphql`, { method: "OPTIONS", headers: { origin: ORIGIN } });
  expect(fromOrigin.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  const local = await createClient(url, key).request(
    `mutation { detect(image: { url: "${url}/healthz" }) { __typename ... on BadImage { reason } } }`,
  );
  expect(local).toEqual({ detect: { __typename: "BadImage", reason: "UNSUPPORTED_FORMAT" } });
  const page = await fetch(`${url}/graphql`, { headers: { accept: "text/html" } });
  const graphiql = await page.text();
  expect(graphiql).toContain("GraphiQL");
  expect(graphiql).toContain(`const key = "${key}";`);
  await meanwhile(url);
  dev.child.kill("SIGINT");
  expect(await dev.ended).toBe(0);
  await expect(fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).rejects.toThrow();
  return key;
}

test.for(["dev", "demo", "eval", "create-tenant"])("%s has --help", async (program) => {
  const help = start(`cli/${program}.ts`, ["--help"], mkdtempSync(resolve(tmpdir(), "semblance-help-")));
  expect(await help.ended).toBe(0);
  expect(help.output()).toMatch(/npm run/);
});

const createCollection = (api: ReturnType<typeof createClient>, name: string) =>
  api.request("mutation($name: String!) { createCollection(input: {name: $name}) { __typename } }", { name });

test("while a server runs, a second one is refused with the reason, tenants can be created, and an endless body gets 413", async () => {
  const state = newState();
  const dev = start("cli/dev.ts", [], state);
  const { url, key } = await waitUntilReady(dev.output);

  const second = start("cli/dev.ts", [], state, await freePort());
  expect(await second.ended).toBe(1);
  for (const text of [state, `process ${dev.child.pid}`, `kill ${dev.child.pid}`, url, "SEMBLANCE_STATE="])
    expect(second.output()).toContain(text);
  const elsewhere = start("cli/demo.ts", ["--once"], newState());
  expect(await elsewhere.ended).toBe(1);
  expect(elsewhere.output()).toMatch(new RegExp(`Port ${PORT} is in use .* PORT=`));
  for (const { output } of [second, elsewhere]) expect(output()).not.toMatch(/at .*\.ts:\d+/); // no stack trace

  const api = createClient(url, key);
  let busy = true;
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = 0; busy; i++) await createCollection(api, `${writer} ${i}`);
  });
  const created = ["One", "Two", "Three"].map((name) => start("cli/create-tenant.ts", ["--name", name], state));
  const codes = await Promise.all(created.map(({ ended }) => ended));
  busy = false;
  await Promise.all(writers);
  expect(codes, created.map(({ output }) => output()).join("")).toEqual([0, 0, 0]);
  for (const { output } of created) {
    const [token] = /smb_[\w-]+/.exec(output()) ?? [];
    expect(await createClient(url, token).request("{ viewer { scopes } }")).toEqual({ viewer: { scopes: ["ADMIN"] } });
  }
  const again = start("cli/create-tenant.ts", ["--name", "Two"], state);
  expect(await again.ended).toBe(1);
  expect(again.output()).toBe('error: A tenant named "Two" already exists. Choose another name.\n');

  expect(await sendChunked(url, key, MAX_BODY_BYTES / 2 ** 20 + 40)).toMatch(/^HTTP\/1\.1 413 /);
});

test("two tenants can be created at once without a running server", async () => {
  const state = newState();
  const both = ["One", "Two"].map((name) => start("cli/create-tenant.ts", ["--name", name], state));
  expect(await Promise.all(both.map(({ ended }) => ended)), both.map(({ output }) => output()).join("")).toEqual([
    0, 0,
  ]);
});

const OPTIMIZE = /* GraphQL */ `
  mutation ($image: Upload!) {
    optimizeStyle(
      input: { content: { upload: $image }, styles: [{ source: { styleId: "starry-night" } }], steps: 1, maxSide: 128 }
    ) {
      ... on JobStarted { job { id } }
      ... on Problem { message }
    }
  }`;

test("finished jobs leave no workflow, no job channel and no trace, and a stopped server leaves no temporary files", async () => {
  const state = newState();
  const first = start("cli/dev.ts", [], state);
  const { url, key } = await waitUntilReady(first.output);
  const api = createClient(url, key);
  const image = new PictureFile(resolve(ROOT, "test/fixtures/photos/people/alan-shepard/1.jpg"));
  const { optimizeStyle } = await api.request<{ optimizeStyle: { job: { id: string } } }>(OPTIMIZE, { image });
  for await (const { state: now } of watchJob(api, optimizeStyle.job.id)) if (now === "SUCCEEDED") break;
  first.child.kill("SIGINT");
  expect(await first.ended).toBe(0);
  expect(first.processes()).toEqual([]);
  expect(readdirSync(first.temporary)).toEqual([]);

  const files = (folder: string) =>
    existsSync(resolve(state, "v3", folder))
      ? readdirSync(resolve(state, "v3", folder)).filter((file) => !file.startsWith("metadata."))
      : [];
  expect(files("workflows/miniflare-workflows-semblance-job")).not.toEqual([]);
  await waitUntilReady(start("cli/dev.ts", [], state).output);
  await vi.waitFor(() => expect(files("workflows/miniflare-workflows-semblance-job")).toEqual([]), 30_000);
  expect([...files("do/semblance-JobChannel"), ...files("observability/miniflare-wobs-trace-store")]).toEqual([]);
});

/** Moments of a start: a process of the program has this text in its command line, or the program is ready. */
const INTERRUPTIONS = [
  ["SIGINT", "process", "cli/dev.ts"],
  ["SIGTERM", "group", "migrations apply"],
  ["SIGHUP", "process", "cli/local-tenant.ts"],
  ["SIGINT", "group", "wrangler.js dev"],
  ["SIGTERM", "process", "container/server.ts"],
  ["SIGHUP", "group", "ready"],
] as const;
const interrupted = newState();

test.for(INTERRUPTIONS)("%s to dev's %s ends all its descendants: %s", async ([signal, to, moment]) => {
  const dev = start("cli/dev.ts", [], interrupted);
  await waitForMoment(dev, moment);
  process.kill((to === "group" ? -1 : 1) * dev.child.pid!, signal);
  await dev.ended;
  expect(dev.processes()).toEqual([]);
  expect(readdirSync(dev.temporary)).toEqual([]);
});

test("the descendants of a killed program end, and the next program gets the state folder", async () => {
  const state = newState();
  for (const moment of ["migrations apply", "ready", "cli/local-tenant.ts"]) {
    const dev = start("cli/dev.ts", [], state);
    await waitForMoment(dev, moment);
    dev.child.kill("SIGKILL");
  }
  for (const { processes, temporary } of started) {
    await vi.waitFor(() => expect(processes()).toEqual([]), 20_000);
    expect(readdirSync(temporary)).toEqual([]);
  }
});

async function waitForMoment(program: Program, moment: string): Promise<void> {
  if (moment === "ready") await waitUntilReady(program.output);
  else {
    const reached = () => program.processes().some((command) => command.includes(moment));
    await vi.waitFor(() => expect(reached(), `${moment}: ${program.output()}`).toBe(true), {
      timeout: 60_000,
      interval: 20,
    });
  }
}
