import { readFileSync } from "node:fs";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { beforeAll, expect, test } from "vitest";
import { runtimeFromFiles } from "../../cli/vision-from-files.ts";
import { codecsFromPackages, compiled } from "../../container/pictures/codecs.ts";
import { psnr } from "../../container/style-net/evaluate.ts";
import type { Codecs } from "../../imaging/codecs/codecs.ts";
import { type Picture, pictureOf } from "../../imaging/picture.ts";
import { SHIPPED_STYLES } from "../../models/styles.ts";
import { startJpegEncoder } from "./encode.ts";
import type { Net, Runtime } from "./runtime.ts";
import { createStylizer, type Painted, type Painting, type Stylizer, type StylizerDeps } from "./stylizer.ts";

const ROOT = new URL("../../", import.meta.url);
const file = (path: string) => readFileSync(new URL(path, ROOT));
const styleNet = (name: string) => ({
  key: name,
  file: file(`models/styles/${name}/net.onnx`),
  traits: SHIPPED_STYLES.find((style) => style.name === name)!.traits,
});

let runtime: Runtime;
let codecs: Codecs;
let deps: StylizerDeps;
let stylizer: Stylizer;

beforeAll(async () => {
  [runtime, codecs] = await Promise.all([runtimeFromFiles(), codecsFromPackages()]);
  const encode = startJpegEncoder(await compiled("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm"));
  deps = { runtime, codecs, encode, facesIn: async () => [] };
  stylizer = createStylizer(deps);
});

/** A photograph of 451×300 pixels, scaled to this width. */
async function photograph(width: number): Promise<Uint8Array> {
  const image = await loadImage(file("test/fixtures/photos/content/cat-chelsea.png"));
  const canvas = createCanvas(width, Math.round((width * image.height) / image.width));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.encode("png");
}

const request = (more: Partial<Painting> = {}): Painting => ({
  net: styleNet("great-wave"),
  strength: 1,
  preserveColors: false,
  maxSide: 2048,
  ...more,
});

async function painted(bytes: Uint8Array, painting: Painting, by = stylizer): Promise<Painted> {
  const answer = await by.paint(bytes, painting);
  if (answer.kind !== "painted") throw new Error(answer.message);
  return answer;
}

const pixels = async ({ jpeg }: Painted): Promise<Picture> => pictureOf(await codecs.jpeg(jpeg));

test("a picture painted in tiles equals the picture painted whole, without seams", async () => {
  // 640 pixels: wider than a tile, and painted whole only with the raised limit below.
  const wide = await photograph(640);
  const whole = await runtime.load(styleNet("great-wave").file);
  let sizes: number[] = [];
  const countingRuntime: Runtime = {
    ...runtime,
    load: async () => ({
      ...whole,
      run(input, shape) {
        sizes.push(Math.max(...shape));
        return whole.run(input, shape);
      },
    }),
  };
  const tiled = await pixels(await painted(wide, request(), createStylizer({ ...deps, runtime: countingRuntime })));
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThan(400);

  sizes = [];
  const atOnce = await pixels(
    await painted(wide, request(), createStylizer({ ...deps, runtime: countingRuntime, maxWholeSide: 1024 })),
  );
  expect(sizes).toEqual([640]);
  // The remaining differences are JPEG noise and rounding.
  expect(psnr(atOnce.data, tiled.data)).toBeGreaterThan(45);
});

test("a FINE picture above the limit is painted smaller and returned at the requested size", async () => {
  const bytes = await photograph(1500);
  const patches = file("models/styles/great-wave/painting.jpg");
  const { width, height } = await painted(bytes, request({ patches }));
  expect([width, height]).toEqual([1500, Math.round((1500 * 300) / 451)]);
});

test("a style's painting that is too large to decode is shrunk outside the isolate", async () => {
  const painting = createCanvas(2_000, 1_500);
  painting
    .getContext("2d")
    .drawImage(await loadImage(file("models/styles/great-wave/painting.jpg")), 0, 0, 2_000, 1_500);
  const shrinkWidths: number[] = [];
  const shrink = async (_: object, { width, height }: { width: number; height: number }) => {
    shrinkWidths.push(width);
    const small = createCanvas(width, height);
    small.getContext("2d").drawImage(painting, 0, 0, width, height);
    return small.encode("jpeg");
  };
  const patches = await painting.encode("png");
  const testStylizer = createStylizer({ ...deps, shrink });
  const large = await pixels(await painted(await photograph(128), request({ patches }), testStylizer));
  const normal = request({ patches: file("models/styles/great-wave/painting.jpg") });
  const small = await pixels(await painted(await photograph(128), normal));
  expect(shrinkWidths).toEqual([1_400]);
  expect(psnr(large.data, small.data)).toBeGreaterThan(18);
});

test("nets stay loaded, and the least recently used one is released if there are too many", async () => {
  const loads: string[] = [];
  const released: string[] = [];
  const net = await runtime.load(styleNet("udnie").file);
  const countingRuntime: Runtime = {
    ...runtime,
    load: async (bytes) => {
      const name = new TextDecoder().decode(bytes);
      loads.push(name);
      return { run: net.run, release: async () => void released.push(name) } satisfies Net;
    },
  };
  const testStylizer = createStylizer({ ...deps, runtime: countingRuntime });
  const bytes = await photograph(20);
  const use = (name: string) =>
    painted(
      bytes,
      request({ net: { ...styleNet("udnie"), key: name, file: new TextEncoder().encode(name) } }),
      testStylizer,
    );
  for (const name of "abcdefgha") await use(name);
  expect(loads.join("")).toBe("abcdefgh");
  await use("i");
  expect(released).toEqual(["b"]);
  await use("a");
  expect(loads.join("")).toBe("abcdefghi");
});

test("concurrent requests give the same pictures as sequential ones", async () => {
  const bytes = await photograph(96);
  const alone = await painted(bytes, request());
  const together = await Promise.all([1, 2, 3].map(() => painted(bytes, request())));
  for (const { jpeg } of together) expect(jpeg).toEqual(alone.jpeg);
});
