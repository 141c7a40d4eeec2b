import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { loadImage } from "@napi-rs/canvas";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FLOAT, node } from "../models/importer/onnx.ts";
import { writeOnnx } from "../models/importer/write-onnx.ts";
import type { InspectionReport } from "./look-inside.ts";
import { ROOT } from "./state.ts";

const PHOTOS = resolve(ROOT, "test/fixtures/photos");
const ODD_NAME = `<b>"&'.jpg`;

let folder: string;
let photos: string;
const out = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "semblance-inside-"));
  photos = join(folder, "photos");
  await mkdir(join(photos, "deeper"), { recursive: true });
  await copyFile(join(PHOTOS, "content/cat-chelsea.png"), join(photos, "cat.png"));
  await copyFile(join(PHOTOS, "content/rocket.jpg"), join(photos, ODD_NAME));
  await copyFile(join(PHOTOS, "exif/astronaut-orientation-6.jpg"), join(photos, "deeper/lying.jpg"));
  await copyFile(join(PHOTOS, "people/eileen-collins/1.png"), join(photos, "eileen.PNG"));
  await writeFile(join(photos, "broken.jpg"), "not a picture");
  await writeFile(join(photos, "notes.txt"), "not a picture either");
});
afterAll(() => rm(folder, { recursive: true }));

test("look-inside shows what activates the units of a layer, and what their answer depends on", async () => {
  const { stdout, stderr } = await lookInside(
    ["--net", "inception-v3-mixed4", "--layer", "mixed0", "--out", out("mixed0"), "--size", "128", "--top", "5"],
    ["--occlude", join(photos, "cat.png"), "--json"],
  );
  const report: InspectionReport = JSON.parse(stdout);
  expect(report).toMatchObject({ net: "inception-v3-mixed4", layer: "mixed0", pictures: 4 });
  expect(report.skipped.map(({ picture }) => picture)).toEqual(["broken.jpg"]);
  expect(stderr).toMatch(/skipped: .*broken\.jpg: This is not a picture/);
  expect(report.units).toHaveLength(5);
  for (const { strongest, receptiveField } of report.units) {
    expect(receptiveField).toMatchObject({ down: { step: 8 }, across: { step: 8 } });
    const activations = strongest.map(({ activation }) => activation);
    expect(activations).toEqual(activations.toSorted((a, b) => b - a));
    expect(new Set(strongest.map(({ picture }) => picture)).size).toBe(strongest.length);
  }
  expect(report.occlusion!.most.change).not.toBe(0);

  expect(JSON.parse(await readFile(out("mixed0/report.json"), "utf8"))).toEqual(report);
  for (const name of ["units.png", "occlusion.png"])
    expect((await loadImage(await readFile(out(`mixed0/${name}`)))).width).toBeGreaterThan(500);
  const html = await readFile(out("mixed0/units.html"), "utf8");
  expect(html).toContain("deeper/lying.jpg, activation");
  expect(html).toContain("&lt;b&gt;&quot;&amp;&#39;.jpg, activation");
  expect(html).not.toContain(ODD_NAME);
});

test("--units shows the given units in the given order", async () => {
  const { stdout } = await lookInside(
    ["--net", "inception-v3-mixed4", "--layer", "activation_1", "--out", out("asked"), "--size", "96"],
    ["--units", "17,3", "--json"],
  );
  const { units }: InspectionReport = JSON.parse(stdout);
  expect(units.map(({ unit }) => unit)).toEqual([17, 3]);
  expect(units[0]!.receptiveField).toEqual({
    down: { size: 3, step: 2, center: 1 },
    across: { size: 3, step: 2, center: 1 },
  });
});

test("an embedder gets aligned faces, and occlusion measures the distance by which the embedding moves", async () => {
  const { stdout, stderr } = await lookInside(
    ["--net", "mobilefacenet-192", "--layer", "embedding", "--out", out("face")],
    ["--occlude", join(photos, "eileen.PNG"), "--json"],
  );
  const { occlusion, skipped, units }: InspectionReport = JSON.parse(stdout);
  expect(skipped.map(({ picture }) => picture)).toContain(ODD_NAME);
  expect(stderr).toContain("no face was found");
  expect(units[0]!.receptiveField).toBe("everything");
  // The middle of the face, from the eyes to the mouth, identifies a person most.
  const { left, top, change } = occlusion!.most;
  const [x, y] = [left, top].map((edge) => (edge + occlusion!.square / 2) / 112);
  expect(x).toBeGreaterThan(0.3);
  expect(x).toBeLessThan(0.7);
  expect(y).toBeGreaterThan(0.35);
  expect(y).toBeLessThan(0.9);
  expect(change).toBeGreaterThan(0.1);
  expect(occlusion!.before).toBeCloseTo(0, 9);
});

test("any ONNX file with one picture as input can be used as a net", async () => {
  const graph = {
    name: "",
    nodes: [node("AveragePool", ["picture"], "blurred", { kernel_shape: [5n, 5n] })],
    initializers: [],
    inputs: [{ name: "picture", elementType: FLOAT, dims: ["N", 3, 64, 80] }],
    outputs: [],
  };
  const file = out("blur.onnx");
  await writeFile(file, writeOnnx({ irVersion: 7n, producerName: "", producerVersion: "", opset: 13n, graph }));
  const { stdout } = await lookInside(["--net", file, "--layer", "blurred", "--out", out("blur")], ["--json"]);
  const { units }: InspectionReport = JSON.parse(stdout);
  expect(units.map(({ unit }) => unit).sort()).toEqual([0, 1, 2]);
  // The mean of pixels in [0, 1].
  for (const { strongest } of units) expect(strongest[0]!.activation).toBeLessThanOrEqual(1);
});

test.each([
  ["an unknown net", ["--net", "vgg19"], /no net named vgg19.*mtcnn-onet.*inception-v3-mixed4/],
  ["a net file that does not exist", ["--net", join(PHOTOS, "../SOURCES.onnx")], /SOURCES\.onnx: no such file/],
  ["a layer that the net does not have", ["--layer", "fc7"], /no layer fc7.*activation_1.*mixed4/],
  ["a unit that the layer does not have", ["--units", "1,256"], /units 0 to 255; there is no unit 256/],
  ["a measured unit that the layer does not have", ["--unit", "999"], /no unit 999\. Its units are 0 to 255/],
  ["an invalid list of units", ["--units", "1,x"], /Use an integer/],
  ["a folder that does not exist", ["--photos", "/no/such/folder"], /\/no\/such\/folder: no such file or folder/],
  [
    "a size that is too small for the net",
    ["--layer", "mixed4", "--size", "40"],
    /none of its 5 pictures .* too small/,
  ],
  ["a folder without pictures", ["--photos", resolve(ROOT, "models/calibration")], /no pictures in it/],
  ["an occluded picture that does not exist", ["--occlude", "/no/such.png"], /\/no\/such\.png: no such file/],
])("%s is rejected with a one-line error that says what to do", async (_, options, message) => {
  const defaults = ["--net", "inception-v3-mixed4", "--layer", "mixed0", "--out", out("refused"), "--size", "96"];
  const attempt = lookInside(defaults, ["--occlude", join(photos, "cat.png"), ...options]);
  await expect(attempt).rejects.toMatchObject({ code: 1, stdout: "" });
  const { stderr } = await attempt.catch((error) => error);
  expect(stderr.split("\n").find((line: string) => line.startsWith("error: "))).toMatch(message);
  expect(stderr).not.toContain("    at ");
});

test("--help lists the options", async () => {
  const { stdout } = await lookInside(["--help"], []);
  for (const option of ["--net", "--layer", "--photos", "--out", "--units", "--top", "--size", "--occlude", "--json"])
    expect(stdout).toContain(option);
});

function lookInside(options: string[], more: string[]): Promise<{ stdout: string; stderr: string }> {
  const program = resolve(ROOT, "cli/look-inside.ts");
  // A later option overrides an earlier one.
  return promisify(execFile)(process.execPath, [program, "--photos", photos, ...options, ...more]);
}
