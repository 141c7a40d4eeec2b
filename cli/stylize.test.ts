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
/** A net that paints within a second, and how to ask for it. */
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
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  const ended = new Promise<Ended>((end) => child.once("close", (code) => end({ code, ...said })));
  return { child, ended };
}

const stylize = (...options: string[]): Promise<Ended> => start(options).ended;
/** With the small net, of 64 pixels, in three steps, unless said otherwise. */
const quickly = (...options: string[]): Promise<Ended> =>
  stylize("--content", CREW, "--style", PAINTING, ...quick, ...options);
/** What it prints with --json, once it has ended well. */
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

test("it paints with the product's own loss network, keeps people, and gets nearer to the painting", async () => {
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

test("the same seed paints the same bytes, another seed others", async () => {
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
  ["a portrait that its EXIF turns upright", hostile("orientation-6.jpg"), PAINTING, [51, 64]],
  ["a painting larger than the photograph", hostile("small-face-48.jpg"), CREW, [64, 64]],
  ["a painting much smaller than the picture", CREW, hostile("tiny-face-16.jpg"), [64, 50]],
  ["a photograph without anything on it", hostile("blank-white.jpg"), PAINTING, [64, 64]],
] as const)("it paints %s", async ([name, content, style, size]) => {
  const file = out(`${name.replaceAll(" ", "-")}.png`);
  const { width, height } = summary(
    await stylize("--content", content, "--style", style, ...quick, "--out", file, "--json"),
  );
  expect([width, height]).toEqual(size);
});

test("several paintings with shares, previews into a folder, and WebP and JPEG come out as asked", async () => {
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

/** What is refused, and the one line that is said. Each before anything is painted, unless a net has to be read. */
const REFUSED: readonly [what: string, options: readonly string[], says: RegExp][] = [
  ["a photograph that is not there", ["--content", "nowhere.jpg"], /nowhere\.jpg: there is no such file/],
  ["a painting that is not there", ["--style", "nowhere.jpg:0.5"], /nowhere\.jpg: there is no such file/],
  ["a photograph that breaks off", ["--content", hostile("truncated-half.jpg")], /truncated-half\.jpg: .*breaks off/],
  ["a painting with flipped bits", ["--style", hostile("bad-crc.png")], /bad-crc\.png: .*checksum/],
  ["an empty file", ["--content", hostile("empty.jpg")], /empty\.jpg: The picture is empty/],
  ["what is no picture", ["--style", hostile("text.jpg")], /text\.jpg: This is not a picture/],
  ["a picture that unpacks to gigabytes", ["--content", hostile("png-bomb-12000x12000.png")], /megapixels/],
  ["a folder for a file", ["--content", FIXTURES], /fixtures: it is a folder, not a file/],
  [
    "a photograph of one pixel",
    ["--content", hostile("one-pixel.png")],
    /one-pixel\.png: it is 1×1\. Use .* at least 16/,
  ],
  ["a painting of one pixel", ["--style", hostile("one-pixel.jpg")], /one-pixel\.jpg: it is 1×1\. Use .* at least 16/],
  ["a ribbon", ["--content", hostile("strip-10000x1.png")], /strip-10000x1\.png: it is 10000×1/],
  [
    "a net with an unknown operator",
    ["--network", "strange.onnx"],
    /The net uses operators that cannot be differentiated: Erf\./,
  ],
  ["an unknown layer", ["--content-layer", "fin"], /no layer fin\. Its layers are fine\.sum, fine, .*--content-layer/],
  ["a net that is none", ["--network", CREW], /apollo11-crew\.jpg: not a usable ONNX network/],
  ["a net that is not there", ["--network", "nowhere.onnx"], /nowhere\.onnx: there is no such file/],
  ["an unknown ending", ["--out", "out.bmp"], /out\.bmp: pictures are written as \.png, \.jpg/],
  ["a folder to write to that is not there", ["--out", "nowhere/out.png"], /the folder .*nowhere does not exist/],
  ["a file for a folder", ["--out", "small.onnx/out.png"], /small\.onnx is a file, not a folder/],
  ["a folder to write over", ["--out", FIXTURES], /it is a folder/],
  ["a curve that cannot be written", ["--curve", "nowhere/loss.svg"], /the folder .*nowhere does not exist/],
  ["previews into what is no folder", ["--preview", "small.onnx"], /small\.onnx: a file of that name is in the way/],
  ["a loss that is no number", ["--learning-rate", "1e30"], /The loss is (NaN|Infinity) at step 2\..* learning rate/],
  ["a size that is none", ["--size", "0"], /--size.* a whole number from 16 to 8192/],
  ["half a step", ["--steps", "1.5"], /--steps.* a whole number/],
  ["a share that is none", ["--style", `${PAINTING}:none`], /--style.* a number above 0/],
  ["a share of nothing", ["--style", `${PAINTING}:0`], /--style.* a number above 0/],
  ["an unknown recipe", ["--recipe", "cubist"], /--recipe.*painterly, gatys/],
];
test.for(REFUSED)("%s is refused in one line", async ([, options, says]) => {
  const work = await mkdtemp(join(folder, "refused-"));
  const asked = options.includes("--out") ? [] : ["--out", join(work, "out.png")];
  const { code, stdout, stderr } = await quickly(...asked, ...options);
  const lines = stderr.split("\n").filter((line) => line !== "" && !SETUP.test(line));
  expect(lines).toEqual([expect.stringMatching(says)]);
  expect(lines[0]).toMatch(/^error: /);
  expect([code, stdout]).toEqual([1, ""]);
  expect(await readdir(work)).toEqual([]);
});
const SETUP = /^The \d+ models are built\.$/;

test("it does not paint over its own photograph", async () => {
  const copy = out("mine.jpg");
  const bytes = await readFile(CREW);
  await writeFile(copy, bytes);
  const ended = await quickly("--content", copy, "--out", copy);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .* written over .*mine\.jpg/) });
  expect((await readFile(copy)).equals(bytes)).toBe(true);
});

test.runIf(process.getuid?.() !== 0)(
  "a folder that may not be written to is told before anything is painted",
  async () => {
    const locked = out("locked");
    await mkdir(locked);
    await chmod(locked, 0o500);
    const ended = await quickly("--out", join(locked, "out.png"));
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*permissions/) });
  },
);

test.runIf(process.platform === "linux")("a full disk is told as that", async () => {
  const { code, stdout, stderr } = await quickly("--out", "/dev/full");
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^error: .*\/dev\/full: the disk is full/);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).not.toContain("    at ");
  expect(await readdir("/dev")).not.toContain("full.checkpoint");
});

test("Ctrl-C keeps what was reached and exits with 130; --resume goes on from there to the end", async () => {
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
  const step = Number(/interrupted\.png\.checkpoint keeps step (\d+)/.exec(stderr)?.[1]);
  expect(step).toBeGreaterThan(0);
  expect(await exists(file)).toBe(false);
  const kept = await readFile(`${file}.checkpoint`);

  // Of another picture it is no beginning.
  const other = await stylize(...options, "--resume", "--size", "80", "--seed", "2");
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*made with another --size, --seed\./),
  });

  // A step that goes wrong leaves what was good.
  const diverged = await stylize(...options, "--resume", "--steps", "100000", "--learning-rate", "1e30");
  expect(diverged).toMatchObject({ code: 1, stderr: expect.stringContaining(`at step ${step + 2}`) });
  expect(diverged.stderr).toContain(`checkpoint keeps step ${step}: --resume`);
  expect((await readFile(`${file}.checkpoint`)).equals(kept)).toBe(true);

  const resumed = summary(await stylize(...options, "--resume", "--steps", String(step + 3), "--json"));
  expect(resumed.losses.map((one) => one.step)).toEqual(Array.from({ length: step + 3 }, (_, i) => i + 1));
  expect(await exists(file)).toBe(true);
  expect(await exists(`${file}.checkpoint`)).toBe(false);
});

test("a checkpoint that breaks off is refused, and none is no reason not to begin", async () => {
  const file = out("broken.png");
  await writeFile(`${file}.checkpoint`, '{"format":"semblance stylize checkpoint 1"');
  const refused = await quickly("--out", file, "--resume");
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*no checkpoint, or not a whole one/),
  });
  await rm(`${file}.checkpoint`);
  expect(summary(await quickly("--out", file, "--resume", "--json")).steps).toBe(3);
});

test("it says how it is used", async () => {
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
