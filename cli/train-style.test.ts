import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCheckpoint } from "../container/style-net/checkpoint.ts";
import { readManifest } from "../container/style-net/manifest.ts";
import { readRaster } from "./pictures.ts";
import { ROOT } from "./state.ts";

const PHOTOS = resolve(ROOT, "test/fixtures/photos");
const PAINTING = join(PHOTOS, "content/hubble-deep-field.jpg");
const STEPS = 5;

let folder: string;
/** A training of a few seconds, whose results the tests share. */
let trained: { out: string } & Ended;

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program. `onStderr` gets all of stderr so far. */
function run(
  program: string,
  options: readonly string[],
  onStderr?: (output: string, child: ReturnType<typeof spawn>) => void,
) {
  const child = spawn(process.execPath, [resolve(ROOT, "cli", program), ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
      if (stream === "stderr") onStderr?.(output.stderr, child);
    });
  return new Promise<Ended>((end) => child.once("close", (code) => end({ code, ...output })));
}

const training = (out: string, ...more: string[]) => [
  ...["--style", PAINTING, "--photos", join(folder, "photos"), "--hold-out", "neil", "--steps", `${STEPS}`],
  ...["--size", "64", "--strokes", "64", "--preview-every", "2", "--out", out],
  ...more,
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "semblance-train-"));
  const photos = join(folder, "photos");
  await mkdir(photos);
  for (const photo of ["people/john-young/1.jpg", "people/neil-armstrong/2.jpg", "people/gus-grissom/2.jpg"])
    await copyFile(join(PHOTOS, photo), join(photos, photo.replaceAll("/", "-")));
  await writeFile(join(photos, "corrupt.jpg"), "no picture");
  await writeFile(join(photos, "notes.txt"), "no picture either");
  const out = join(folder, "whole");
  trained = { out, ...(await run("train-style.ts", training(out, "--json", "--title", "Hubble Deep Field"))) };
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

test("a training writes a net, its manifest, the painting and previews, and skips files that are not pictures", async () => {
  expect(trained.stderr).toContain("corrupt.jpg");
  expect(trained.code, trained.stderr).toBe(0);
  const read = readManifest(await readFile(join(trained.out, "manifest.json"), "utf8"));
  if ("error" in read) throw new Error(read.error);
  const { manifest } = read;
  expect(JSON.parse(trained.stdout)).toMatchObject({ name: "hubble-deep-field", net: manifest.net });
  expect(manifest.training.settings.steps).toBe(STEPS);
  expect(manifest.training.photographs).toMatchObject({ count: 2, heldOut: ["people-neil-armstrong-2.jpg"] });
  expect(manifest.painting.title).toBe("Hubble Deep Field");
  expect(manifest.psnr.float).toBeGreaterThan(60);
  expect(manifest.psnr.quantized).toBeGreaterThan(30);
  const previews = ["00002", "00004", "00005"].map((step) => `${step}-people-neil-armstrong-2.jpg`);
  expect((await readdir(join(trained.out, "previews"))).sort()).toEqual(previews);
  expect(await readFile(join(trained.out, "painting.jpg"))).toEqual(await readFile(PAINTING));
});

test("Ctrl-C saves a checkpoint and exits with 130; the resumed training gives the same net", async () => {
  const out = join(folder, "interrupted");
  // The first previews show that the training is running.
  let interrupted = false;
  const first = await run("train-style.ts", [...training(out), "--preview-every", "1"], async (_, child) => {
    if (interrupted) return;
    interrupted = true;
    const watch = setInterval(async () => {
      const previews = await readdir(join(out, "previews")).catch(() => []);
      if (previews.length === 0) return;
      clearInterval(watch);
      child.kill("SIGINT");
    }, 20);
  });
  expect(first.code, first.stderr).toBe(130);
  const kept = readCheckpoint(await readFile(join(out, "checkpoint.json"), "utf8"))!;
  expect(kept.state.step).toBeGreaterThan(0);
  expect(kept.state.step).toBeLessThan(STEPS);

  const second = await run("train-style.ts", training(out, "--resume"));
  expect(second.code, second.stderr).toBe(0);
  for (const file of ["checkpoint.json", "net.onnx", "net-float32.onnx"])
    expect(Buffer.compare(await readFile(join(out, file)), await readFile(join(trained.out, file))), file).toBe(0);
}, 240_000);

test.each([
  ["a painting that does not exist", ["--style", "nowhere.jpg"], "nowhere.jpg: no such file"],
  ["a painting that is not a picture", ["--style", resolve(ROOT, "package.json")], "package.json"],
  ["a folder that does not exist", ["--photos", "nowhere"], "nowhere: no such folder"],
  ["a folder without pictures", ["--photos", resolve(ROOT, "schema")], "there are no photographs to train on"],
  ["both a time and a number of steps", ["--minutes", "1"], "either --steps or --minutes"],
  ["a size that is not a multiple of 8", ["--size", "70"], "multiple of 8"],
  ["--resume without an interrupted training", ["--resume"], "there is no training to resume"],
])("train-style rejects with a one-line error: %s", async (_, options, message) => {
  const { code, stdout, stderr } = await run("train-style.ts", training(join(folder, "refused"), ...options));
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("    at ");
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

test.each([
  ["steps", ["--steps", "9"], "other steps"],
  ["photographs", ["--hold-out", "john"], "other photographs"],
  ["weights", ["--content-weight", "3"], "other content"],
])("a training is not resumed with other %s", async (_, options, message) => {
  const { code, stderr } = await run("train-style.ts", training(trained.out, ...options));
  expect(stderr).toContain(message);
  expect(code).toBe(1);
});

test("restyle paints with the trained net, and its options change the picture", async () => {
  const photograph = join(folder, "photos/people-neil-armstrong-2.jpg");
  const net = join(trained.out, "net.onnx");
  const paint = async (name: string, ...options: string[]) => {
    const out = join(folder, name);
    const ended = await run("restyle.ts", ["--net", net, "--content", photograph, "--out", out, "--json", ...options]);
    expect(ended.code, ended.stderr).toBe(0);
    const { width, height, data } = await readRaster(out);
    expect(JSON.parse(ended.stdout)).toMatchObject({ width, height, style: "hubble-deep-field" });
    return { width, height, data: Buffer.from(data) };
  };
  const [small, large, gray, projected] = await Promise.all([
    paint("small.png", "--size", "101"),
    paint("none.png", "--size", "101", "--strength", "0"),
    paint("colours.png", "--size", "101", "--preserve-colors"),
    paint("projected.png", "--size", "101", "--project", "--no-faces"),
  ]);
  expect(Math.max(small.width, small.height)).toBe(101);
  for (const other of [large, gray, projected]) expect(Buffer.compare(small.data, other.data)).not.toBe(0);
}, 120_000);

test.each([
  ["a style that does not exist", ["--net", "nowhere"], "no style nowhere. Use one of composition-vii, great-wave"],
  ["a net without its manifest", ["--net", resolve(ROOT, "models/build/detector.onnx")], "manifest.json"],
  ["a photograph that does not exist", ["--content", "nowhere.jpg"], "nowhere.jpg: no such file"],
  ["a strength above 1", ["--strength", "1.5"], "from 0 to 1"],
])("restyle rejects with a one-line error: %s", async (_, options, message) => {
  const out = join(folder, "refused.png");
  const args = ["--net", join(trained.out, "net.onnx"), "--content", PAINTING, "--out", out, ...options];
  const { code, stderr } = await run("restyle.ts", args);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(1);
});

test("restyle rejects a net whose hash is not in its manifest", async () => {
  const other = join(folder, "other");
  await mkdir(other);
  await copyFile(join(trained.out, "net-float32.onnx"), join(other, "net.onnx"));
  await copyFile(join(trained.out, "manifest.json"), join(other, "manifest.json"));
  const { code, stderr } = await run("restyle.ts", [
    ...["--net", join(other, "net.onnx"), "--content", PAINTING, "--out", join(folder, "other.png")],
  ]);
  expect(stderr).toContain("is not the net");
  expect(code).toBe(1);
});
