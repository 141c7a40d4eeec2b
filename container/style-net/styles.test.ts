import { readdir, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { pictureOf } from "../../imaging/picture.ts";
import { sha256 } from "../../models/importer/files.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { allLayers, reach } from "./architecture.ts";
import { readManifest } from "./manifest.ts";
import { openPainter } from "./restyle.ts";

const STYLES = resolve(import.meta.dirname, "../../models/styles");
const names = (await readdir(STYLES, { withFileTypes: true })).filter((e) => e.isDirectory()).map(({ name }) => name);

test("at least six styles are shipped", () => {
  expect(names.length).toBeGreaterThanOrEqual(6);
});

describe.each(names)("the shipped style %s", (name) => {
  const file = (of: string) => readFile(resolve(STYLES, name, of));
  const manifest = async () => {
    const read = readManifest(await readFile(resolve(STYLES, name, "manifest.json"), "utf8"));
    if ("error" in read) throw new Error(read.error);
    return read.manifest;
  };

  test("its manifest matches its net and painting, and both are small", async () => {
    const { net, painting, traits, training, psnr, ...rest } = await manifest();
    expect(rest.name).toBe(name);
    const [bytes, painted] = await Promise.all([file(net.file), file(painting.file)]);
    expect(sha256(bytes)).toBe(net.sha256);
    expect(bytes.length).toBe(net.bytes);
    expect(bytes.length).toBeLessThanOrEqual(150_000);
    expect(sha256(painted)).toBe(painting.sha256);
    expect(readOnnx(bytes).metadata?.get("painting")).toBe(painting.sha256);
    expect(painted.length).toBeLessThanOrEqual(250_000);
    expect((await stat(resolve(STYLES, name, "thumbnail.jpg"))).size).toBeLessThan(40_000);
    for (const text of [painting.title, painting.author, painting.license]) expect(text).toBeTruthy();
    expect(traits.reach).toBe(reach(training.settings.architecture));
    expect(psnr.float).toBeGreaterThan(60);
    expect(psnr.quantized).toBeGreaterThan(30);
  });

  test("its command matches its settings, and its loss fell", async () => {
    const { training } = await manifest();
    const { settings, losses, command, photographs } = training;
    expect(command).toContain(`--steps ${settings.steps} `);
    expect(command).toContain(`--style models/styles/${name}/painting.jpg `);
    expect(losses.last.loss).toBeLessThan(0.7 * losses.first.loss);
    expect(photographs.heldOut.length).toBeGreaterThan(0);
  });

  test("its net has all layers and paints a picture", async () => {
    const { net, traits, training } = await manifest();
    const bytes = await file(net.file);
    const convolutions = readOnnx(bytes).graph.nodes.filter(({ operator }) => operator === "Conv");
    expect(convolutions).toHaveLength(allLayers(training.settings.architecture).length);
    const painter = await openPainter(bytes, traits);
    const data = Uint8Array.from({ length: 4 * 40 * 30 }, (_, i) => (i * 37) % 256);
    const painted = await painter.paint(pictureOf({ width: 40, height: 30, data }));
    await painter.release();
    expect(new Set(painted.data).size).toBeGreaterThan(20);
  });
});
