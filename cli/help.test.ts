import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "./state.ts";

const run = promisify(execFile);

const { scripts } = JSON.parse(await readFile(resolve(ROOT, "package.json"), "utf8"));
const PROGRAMS = Object.values<string>(scripts).flatMap((script) => /^node (\S+\.ts)$/.exec(script)?.[1] ?? []);

test.each([...PROGRAMS, "bench/sheets.ts", "bench/recipes.ts"])(
  "%s --help explains the program and does not run it",
  async (file) => {
    const { stdout } = await run(process.execPath, [resolve(ROOT, file), "--help"], { timeout: 30_000 });
    expect(stdout).toMatch(/^Usage: /);
    expect(stdout.split("\n").length).toBeGreaterThan(3);
  },
);

const signingKeys = (...args: string[]) => run(process.execPath, [resolve(ROOT, "cli/signing-keys.ts"), ...args]);

test("signing-keys makes a key set; with a key set, it adds a new key in front", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "semblance-keys-")), "keys.json");
  const first = (await signingKeys()).stdout;
  await writeFile(file, first);
  const { keys } = JSON.parse((await signingKeys(file)).stdout);
  const [old] = JSON.parse(first).keys;
  expect(keys).toEqual([expect.objectContaining({ kty: "OKP", crv: "Ed25519", d: expect.any(String) }), old]);
  expect(keys[0].d).not.toBe(old.d);
});

test("signing-keys refuses a missing file and a file that is not a key set in one line, without its content", async () => {
  await expect(signingKeys("nowhere.json")).rejects.toMatchObject({
    stderr: "error: nowhere.json: no such file or folder. Check the path.\n",
  });
  const file = join(await mkdtemp(join(tmpdir(), "semblance-keys-")), "keys.json");
  for (const content of ["secret words", '{"keys": ["secret words"]}', "{}"]) {
    await writeFile(file, content);
    await expect(signingKeys(file)).rejects.toMatchObject({
      stderr: expect.stringMatching(/^error: .*keys\.json: it is not a key set, .*\n$/),
    });
  }
});
