import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { smallNet } from "../container/jobs/testing/net.ts";
import { ROOT } from "./state.ts";
import type { Summary } from "./stylization/summary.ts";

const FIXTURES = resolve(ROOT, "test/fixtures");
const CREW = join(FIXTURES, "photos/groups/apollo11-crew.jpg");
const PAINTING = join(FIXTURES, "photos/content/hubble-deep-field.jpg");
const hostile = (name: string) => join(FIXTURES, "hostile", name);

let folder: string;
/** The options for a net that paints within a second. */
let quick: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "semblance-stylize-"));
  await writeFile(join(folder, "small.onnx"), smallNet());
  await writeFile(join(folder, "strange.onnx"), smallNet({ last: "Erf" }));
  const net = [
    "--network",
    join(folder, "small.onnx"),
    "--content-layer",
    "coarse",
    "--style-layers",
    "fine:0.5,coarse",
  ];
  quick = [...net, "--size", "64", "--steps", "3", "--no-faces"];
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(options: readonly string[]) {
  const child = spawn(process.execPath, [resolve(ROOT, "cli/stylize.ts"), ...options], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  const ended = new Promise<Ended>((end) => child.once("close", (code) => end({ code, ...output })));
  return { child, ended };
}

const stylize = (...options: string[]): Promise<Ended> => start(options).ended;
/** Runs with the small net, at 64 pixels, for three steps. `options` can override these defaults. */
const quickly = (...options: string[]): Promise<Ended> =>
  stylize("--content", CREW, "--style", PAINTING, ...quick, ...options);
/** Expects success, and parses the output of --json. */
function summary({ code, stdout, stderr }: Ended): Summary {
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}

const out = (name: string) => join(folder, name);
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

test("stylize paints with the default loss network, detects faces, and lowers the loss", async () => {
  const options = ["--content", CREW, "--style", PAINTING, "--out", out("crew.png"), "--size", "96", "--steps", "20"];
  const painted = summary(await stylize(...options, "--json", "--curve", out("loss.svg")));
  expect(painted).toMatchObject({ out: out("crew.png"), width: 96, height: 75, recipe: "painterly", provider: "cpu" });
  expect(painted).toMatchObject({ seed: 1, steps: 20 });
  expect(painted.faces).toHaveLength(3);
  for (const { x, y, width, height } of painted.faces) {
    expect(x + width).toBeLessThan(96);
    expect(y + height).toBeLessThan(75);
  }
  expect(painted.losses.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(painted.lossLastTenth).toBeLessThan(painted.lossFirstTenth);
  expect(painted.cpuSeconds).toBeGreaterThan(0);
  expect(await pngSize(out("crew.png"))).toEqual([96, 75]);
  const curve = await readFile(out("loss.svg"), "utf8");
  for (const word of ["<svg", "loss", "style", "content", "patches"]) expect(curve).toContain(word);
  expect(await exists(out("crew.png.checkpoint"))).toBe(false);
});

test("the same seed paints the same bytes, and another seed different ones", async () => {
  const noise = ["--recipe", "gatys", "--start", "noise"];
  for (const recipe of [noise, ["--recipe", "painterly"]]) {
    const name = (which: string) => `seed-${recipe.length}-${which}.png`;
    const paint = (which: string, seed: string) => quickly(...recipe, "--seed", seed, "--out", out(name(which)));
    for (const ended of [await paint("a", "7"), await paint("b", "7"), await paint("c", "8")])
      expect(ended.code).toBe(0);
    const [a, b, c] = await Promise.all(["a", "b", "c"].map((which) => readFile(out(name(which)))));
    expect(a!.equals(b!)).toBe(true);
    expect(a!.equals(c!)).toBe(false);
  }
});

test.for([
  ["a portrait with an EXIF rotation", hostile("orientation-6.jpg"), PAINTING, [51, 64]],
  ["a painting larger than the photograph", hostile("small-face-48.jpg"), CREW, [64, 64]],
  ["a painting much smaller than the picture", CREW, hostile("tiny-face-16.jpg"), [64, 50]],
  ["a blank photograph", hostile("blank-white.jpg"), PAINTING, [64, 64]],
] as const)("stylize paints %s", async ([name, content, style, size]) => {
  const file = out(`${name.replaceAll(" ", "-")}.png`);
  const { width, height } = summary(
    await stylize("--content", content, "--style", style, ...quick, "--out", file, "--json"),
  );
  expect([width, height]).toEqual(size);
});

test("several weighted paintings, previews to a folder, and WebP and JPEG output work", async () => {
  const shares = ["--style", `${PAINTING}:0.3`, "--style", CREW];
  const ended = await quickly(
    ...shares,
    "--out",
    out("two.webp"),
    "--preview",
    out("previews"),
    "--preview-every",
    "2",
  );
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Painted .*\n.*two\.webp, 64×50, .*\n$/) });
  expect((await readFile(out("two.webp"))).toString("latin1", 8, 12)).toBe("WEBP");
  expect(await readdir(out("previews"))).toEqual(["step-0002.png"]);
  const kept = summary(await quickly("--out", out("one.JPG"), "--preserve-colors", "--provider", "auto", "--json"));
  expect(kept.out).toBe(out("one.JPG"));
  expect(["cpu", "webgpu", "cuda"]).toContain(kept.provider);
  expect((await readFile(out("one.JPG"))).toString("hex", 0, 3)).toBe("ffd8ff");
});

/** Rejected options, and their one-line errors. All fail before painting starts. */
const REFUSED: readonly [what: string, options: readonly string[], message: RegExp][] = [
  ["a photograph that does not exist", ["--content", "nowhere.jpg"], /nowhere\.jpg: no such file/],
  ["a painting that does not exist", ["--style", "nowhere.jpg:0.5"], /nowhere\.jpg: no such file/],
  ["a style that does not exist", ["--style", "nowhere"], /There is no style nowhere\. Use one of composition-vii, /],
  ["a truncated photograph", ["--content", hostile("truncated-half.jpg")], /truncated-half\.jpg: .*truncated\./],
  ["a painting with flipped bits", ["--style", hostile("bad-crc.png")], /bad-crc\.png: .*checksum/],
  ["an empty file", ["--content", hostile("empty.jpg")], /empty\.jpg: The picture is empty/],
  ["a file that is not a picture", ["--style", hostile("text.jpg")], /text\.jpg: This is not a picture/],
  ["a picture that inflates to gigabytes", ["--content", hostile("png-bomb-12000x12000.png")], /megapixels/],
  ["a folder instead of a file", ["--content", FIXTURES], /fixtures: it is a folder, not a file/],
  [
    "a photograph of one pixel",
    ["--content", hostile("one-pixel.png")],
    /one-pixel\.png: it is 1×1\. Use .* at least 16/,
  ],
  ["a painting of one pixel", ["--style", hostile("one-pixel.jpg")], /one-pixel\.jpg: it is 1×1\. Use .* at least 16/],
  ["a very narrow photograph", ["--content", hostile("strip-10000x1.png")], /strip-10000x1\.png: it is 10000×1/],
  [
    "a net with an unknown operator",
    ["--network", "strange.onnx"],
    /The net uses operators that cannot be differentiated: Erf\./,
  ],
  ["an unknown layer", ["--content-layer", "fin"], /no layer fin\. Its layers are fine\.sum, fine, .*--content-layer/],
  ["a file that is not a net", ["--network", CREW], /apollo11-crew\.jpg: not a usable ONNX network/],
  ["a net that does not exist", ["--network", "nowhere.onnx"], /nowhere\.onnx: no such file/],
  ["an unsupported extension", ["--out", "out.bmp"], /out\.bmp: .* not supported\. Use one of \.png, \.jpg/],
  ["an output folder that does not exist", ["--out", "nowhere/out.png"], /the folder .*nowhere does not exist/],
  ["a file instead of an output folder", ["--out", "small.onnx/out.png"], /small\.onnx is a file, not a folder/],
  ["a folder as output", ["--out", FIXTURES], /it is a folder/],
  ["a curve that cannot be written", ["--curve", "nowhere/loss.svg"], /the folder .*nowhere does not exist/],
  ["a preview folder that is a file", ["--preview", "small.onnx"], /small\.onnx: a file with this name exists already/],
  ["a loss that diverges", ["--learning-rate", "1e30"], /The loss is (NaN|Infinity) at step 2\..* learning rate/],
  ["a size of 0", ["--size", "0"], /--size.* an integer from 16 to 8192/],
  ["half a step", ["--steps", "1.5"], /--steps.* an integer/],
  ["a weight that is not a number", ["--style", `${PAINTING}:none`], /--style.* a number above 0/],
  ["a weight of 0", ["--style", `${PAINTING}:0`], /--style.* a number above 0/],
  ["an unknown recipe", ["--recipe", "cubist"], /--recipe.*painterly, gatys/],
];
test.for(REFUSED)("%s is rejected with a one-line error", async ([, options, message]) => {
  const work = await mkdtemp(join(folder, "refused-"));
  const outOption = options.includes("--out") ? [] : ["--out", join(work, "out.png")];
  const { code, stdout, stderr } = await quickly(...outOption, ...options);
  const lines = stderr.split("\n").filter((line) => line !== "" && !SETUP.test(line));
  expect(lines).toEqual([expect.stringMatching(message)]);
  expect(lines[0]).toMatch(/^error: /);
  expect([code, stdout]).toEqual([1, ""]);
  expect(await readdir(work)).toEqual([]);
});
const SETUP = /^All \d+ models are up to date\.$/;

test("stylize does not overwrite its own photograph", async () => {
  const copy = out("mine.jpg");
  const bytes = await readFile(CREW);
  await writeFile(copy, bytes);
  const ended = await quickly("--content", copy, "--out", copy);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .* would overwrite .*mine\.jpg/) });
  expect((await readFile(copy)).equals(bytes)).toBe(true);
});

test.runIf(process.getuid?.() !== 0)("a read-only output folder is reported before painting starts", async () => {
  const locked = out("locked");
  await mkdir(locked);
  await chmod(locked, 0o500);
  const ended = await quickly("--out", join(locked, "out.png"));
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*permissions/) });
});

test.runIf(process.platform === "linux")("a full disk is reported as such", async () => {
  const { code, stdout, stderr } = await quickly("--out", "/dev/full");
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^error: .*\/dev\/full: the disk is full/);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).not.toContain("    at ");
  expect(await readdir("/dev")).not.toContain("full.checkpoint");
});

test("Ctrl-C saves a checkpoint and exits with 130; --resume continues from it to the end", async () => {
  const file = out("interrupted.png");
  const options = ["--content", CREW, "--style", PAINTING, ...quick, "--out", file];
  const { child, ended } = start([
    ...options,
    "--steps",
    "100000",
    "--preview",
    out("now.png"),
    "--preview-every",
    "1",
  ]);
  await expect.poll(() => exists(out("now.png")), { timeout: 30_000, interval: 50 }).toBe(true);
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect([code, stdout]).toEqual([130, ""]);
  const step = Number(/Step (\d+) is saved in .*interrupted\.png\.checkpoint\./.exec(stderr)?.[1]);
  expect(step).toBeGreaterThan(0);
  expect(await exists(file)).toBe(false);
  const kept = await readFile(`${file}.checkpoint`);

  // A checkpoint cannot be resumed with other settings.
  const other = await stylize(...options, "--resume", "--size", "80", "--seed", "2");
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*different values of --size, --seed\./),
  });

  // A diverging step does not overwrite the checkpoint.
  const diverged = await stylize(...options, "--resume", "--steps", "100000", "--learning-rate", "1e30");
  expect(diverged).toMatchObject({ code: 1, stderr: expect.stringContaining(`at step ${step + 2}`) });
  expect(diverged.stderr).toMatch(new RegExp(`Step ${step} is saved in .*\\.checkpoint\\. .* --resume`));
  expect((await readFile(`${file}.checkpoint`)).equals(kept)).toBe(true);

  const resumed = summary(await stylize(...options, "--resume", "--steps", String(step + 3), "--json"));
  expect(resumed.losses.map((one) => one.step)).toEqual(Array.from({ length: step + 3 }, (_, i) => i + 1));
  expect(await exists(file)).toBe(true);
  expect(await exists(`${file}.checkpoint`)).toBe(false);
});

test("a truncated checkpoint is rejected; --resume without a checkpoint starts from the beginning", async () => {
  const file = out("broken.png");
  await writeFile(`${file}.checkpoint`, '{"format":"semblance stylize checkpoint 1"');
  const refused = await quickly("--out", file, "--resume");
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*the checkpoint is invalid or incomplete/),
  });
  await rm(`${file}.checkpoint`);
  expect(summary(await quickly("--out", file, "--resume", "--json")).steps).toBe(3);
});

test("--help lists the options, and a missing option is named", async () => {
  const { stdout } = await stylize("--help");
  for (const word of [
    "--content",
    "--style",
    "--out",
    "--recipe",
    "--steps",
    "--size",
    "--seed",
    "--resume",
    "Examples:",
  ])
    expect(stdout).toContain(word);
  const nothing = await stylize("--content", CREW);
  expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining("--style") });
});

/** Width and height in a PNG's header. */
async function pngSize(path: string): Promise<[number, number]> {
  const bytes = await readFile(path);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}
