import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "../cli/client.ts";
import { ROOT } from "../cli/state.ts";

/** The command-line programs, as their own processes on a state folder of their own. */
const PORT = 18_787;

function start(
  program: string,
  args: string[],
  state: string,
): { child: ChildProcess; printed: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [resolve(ROOT, program), ...args], {
    cwd: ROOT,
    env: { ...process.env, SEMBLANCE_STATE: state, PORT: String(PORT) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  return { child, printed: () => text, ended: new Promise((done) => child.on("exit", done)) };
}

async function ready(printed: () => string): Promise<{ url: string; key: string }> {
  for (const begun = Date.now(); Date.now() - begun < 60_000; ) {
    const [, url, key] = /^ready (\S+) key=(\S+)$/m.exec(printed()) ?? [];
    if (url && key) return { url, key };
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`never ready: ${printed()}`);
}

test("dev gives the same key at every start and stops on Ctrl-C; create-tenant adds a tenant, once", async () => {
  const state = mkdtempSync(resolve(tmpdir(), "semblance-dev-"));
  const before = await devOnce(state);

  const made = start("cli/create-tenant.ts", ["--name", "Acme"], state);
  expect(await made.ended, made.printed()).toBe(0);
  const [acme = ""] = /smb_[\w-]+/.exec(made.printed()) ?? [];
  const again = start("cli/create-tenant.ts", ["--name", "Acme"], state);
  expect(await again.ended).not.toBe(0);
  expect(again.printed()).toMatch(/Acme/);
  expect(again.printed()).not.toMatch(/at .*\.ts:\d+/); // no stack trace

  const after = await devOnce(state, async (url) => {
    const viewer = await createClient(url, acme).request("{ viewer { tenant { name } scopes } }");
    expect(viewer).toEqual({ viewer: { tenant: { name: "Acme" }, scopes: ["ADMIN"] } });
  });
  expect(after).toBe(before);
  expect(statSync(resolve(state, "local.key")).mode & 0o777).toBe(0o600);
  expect(readFileSync(resolve(state, "local.key"), "utf8").trim()).toBe(before);
});

/** Starts `npm run dev`, sees that it is ready and well, and stops it as a person does. The local key. */
async function devOnce(state: string, meanwhile: (url: string) => Promise<void> = async () => {}): Promise<string> {
  const dev = start("cli/dev.ts", [], state);
  const { url, key } = await ready(dev.printed);
  expect(url).toBe(`http://127.0.0.1:${PORT}`);
  expect(await createClient(url, key).request("{ viewer { tenant { name } } }")).toEqual({
    viewer: { tenant: { name: "local" } },
  });
  const readiness = await fetch(`${url}/readyz`);
  expect([readiness.status, await readiness.json()]).toEqual([200, { models: true, database: true, migrations: true }]);
  const page = await fetch(`${url}/graphql`, { headers: { accept: "text/html" } });
  expect(await page.text()).toContain("GraphiQL");
  await meanwhile(url);
  dev.child.kill("SIGINT");
  expect(await dev.ended).toBe(0);
  await expect(fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).rejects.toThrow();
  return key;
}

test.for(["dev", "demo", "eval", "create-tenant"])("%s has --help", async (program) => {
  const help = start(`cli/${program}.ts`, ["--help"], mkdtempSync(resolve(tmpdir(), "semblance-help-")));
  expect(await help.ended).toBe(0);
  expect(help.printed()).toMatch(/npm run/);
});
