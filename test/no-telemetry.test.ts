import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ROOT } from "../cli/state.ts";
import { smallNet } from "../container/jobs/testing/net.ts";

const folder = mkdtempSync(join(tmpdir(), "semblance-telemetry-"));
const network = join(folder, "small.onnx");
writeFileSync(network, smallNet());
afterAll(() => rmSync(folder, { recursive: true }));

const PHOTOGRAPH = resolve(ROOT, "test/fixtures/photos/content/rocket.jpg");
const STYLIZE = [
  ...["--content", PHOTOGRAPH, "--style", PHOTOGRAPH, "--network", network, "--no-faces"],
  ...["--content-layer", "coarse", "--style-layers", "fine", "--out", join(folder, "picture.png")],
];
/** ONNX Runtime's telemetry resolves its host 10 s after a session was created. */
const LONG_ENOUGH_MS = 15_000;
const strace = spawnSync("strace", ["-V"]).status === 0;

/** Runs a program with an empty home folder and without ORT_DISABLE_TELEMETRY. Returns the files that it left there and its sockets. */
async function run(name: string, args: readonly string[], limitMs = 60_000) {
  const home = join(folder, name);
  mkdirSync(home);
  const trace = join(folder, `${name}.strace`);
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const command = [process.execPath, ...args];
  const traced = strace ? ["strace", "-f", "-e", "trace=socket", "-o", trace, ...command] : command;
  const child = spawn(traced[0]!, traced.slice(1), {
    cwd: folder,
    env: { ...env, HOME: home },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  const ended = new Promise<number | null>((end) => child.once("close", end));
  const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), limitMs);
  const code = await ended;
  clearTimeout(late);
  const sockets = existsSync(trace) ? readFileSync(trace, "utf8").match(/socket\(AF_INET.*/g) : null;
  return { code, left: readdirSync(home, { recursive: true }), sockets: sockets ?? [] };
}

test.each([
  ["container/scripts/paint.ts", []],
  ["cli/stylize.ts", [...STYLIZE, "--size", "64", "--steps", "3"]],
])("%s opens no connection, resolves no name and writes nothing to the home folder", async (program, args) => {
  expect(await run(program.replaceAll("/", "-"), [resolve(ROOT, program), ...args])).toEqual({
    code: 0,
    left: [],
    sockets: [],
  });
});

test("a job that runs longer than the delay of the runtime's telemetry opens no connection either", async () => {
  const long = ["--size", "512", "--steps", "100000"];
  const { code, left, sockets } = await run(
    "long",
    [resolve(ROOT, "cli/stylize.ts"), ...STYLIZE, ...long],
    LONG_ENOUGH_MS,
  );
  expect({ code, left, sockets }).toEqual({ code: null, left: [], sockets: [] });
});
