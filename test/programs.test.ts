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

test("dev prints one ready line, gives the same key at every start, keeps it secret, and stops on Ctrl-C", async () => {
  const state = mkdtempSync(resolve(tmpdir(), "semblance-dev-"));
  const keys: string[] = [];
  for (let run = 0; run < 2; run++) {
    const dev = start("cli/dev.ts", [], state);
    const { url, key } = await ready(dev.printed);
    keys.push(key);
    expect(url).toBe(`http://127.0.0.1:${PORT}`);
    expect(await createClient(url, key).request("{ viewer { tenant { name } } }")).toEqual({
      viewer: { tenant: { name: "local" } },
    });
    const readiness = await fetch(`${url}/readyz`);
    expect([readiness.status, await readiness.json()]).toEqual([
      200,
      { models: true, database: true, migrations: true },
    ]);
    const page = await fetch(`${url}/graphql`, { headers: { accept: "text/html" } });
    expect(await page.text()).toContain("GraphiQL");
    dev.child.kill("SIGINT");
    expect(await dev.ended).toBe(0);
    await expect(fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).rejects.toThrow();
  }
  expect(keys[0]).toBe(keys[1]);
  expect(statSync(resolve(state, "local.key")).mode & 0o777).toBe(0o600);
  expect(readFileSync(resolve(state, "local.key"), "utf8").trim()).toBe(keys[0]);
});

test("create-tenant prints an ADMIN key that works, once; the same name again is an error that says what to do", async () => {
  const state = mkdtempSync(resolve(tmpdir(), "semblance-tenant-"));
  const first = start("cli/create-tenant.ts", ["--name", "Acme"], state);
  expect(await first.ended, first.printed()).toBe(0);
  const [key] = /smb_[\w-]+/.exec(first.printed()) ?? [];
  const again = start("cli/create-tenant.ts", ["--name", "Acme"], state);
  expect(await again.ended).not.toBe(0);
  expect(again.printed()).toMatch(/Acme/);
  expect(again.printed()).not.toMatch(/at .*\.ts:\d+/); // no stack trace
  const dev = start("cli/dev.ts", [], state);
  const { url } = await ready(dev.printed);
  const viewer = await createClient(url, key).request("{ viewer { tenant { name } scopes } }");
  expect(viewer).toEqual({ viewer: { tenant: { name: "Acme" }, scopes: ["ADMIN"] } });
  dev.child.kill("SIGTERM");
  expect(await dev.ended).toBe(0);
});

test.for(["dev", "demo", "eval", "create-tenant"])("%s has --help", async (program) => {
  const help = start(`cli/${program}.ts`, ["--help"], mkdtempSync(resolve(tmpdir(), "semblance-help-")));
  expect(await help.ended).toBe(0);
  expect(help.printed()).toMatch(/npm run/);
});
