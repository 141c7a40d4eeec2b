import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { visionFromFiles } from "../../cli/vision-from-files.ts";
import { squaredDistance } from "../matching/distance.ts";
import type { OneFace, Vision } from "./vision.ts";

const folder = new URL("../../test/fixtures/hostile/", import.meta.url);
const fixture = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, folder)));

interface Row {
  file: string;
  what: string;
  verdict: "accept" | "reject" | "either";
  reason: string;
}
const rows: Row[] = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8"));

/** Maps the table's reasons to the allowed answers. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  "-": ["face"],
  no_face: ["noFace"],
  "too_small or no_face": ["noFace"],
  empty_file: ["CORRUPT"],
  corrupt_image: ["CORRUPT"],
  unsupported_format: ["UNSUPPORTED_FORMAT"],
  "unsupported_format or corrupt_image": ["UNSUPPORTED_FORMAT"],
  too_many_pixels: ["TOO_MANY_PIXELS"],
  "too_many_pixels or unsupported_format": ["UNSUPPORTED_FORMAT"],
};

/** The answers to files for which the table allows either verdict. Documented in docs/images.md. */
const CHOSEN_ANSWERS: Readonly<Record<string, string>> = {
  "animated.gif": "UNSUPPORTED_FORMAT",
  "animated.webp": "UNSUPPORTED_FORMAT",
  "bit-flips.jpg": "CORRUPT",
  "blurred-face.jpg": "noFace",
  "one-bit.png": "noFace",
  "picture.bmp": "UNSUPPORTED_FORMAT",
  "picture.tif": "UNSUPPORTED_FORMAT",
  "png-idat-overlong.png": "CORRUPT",
  "png-ztxt-bomb.png": "face",
  "small-face-48.jpg": "face",
  "still.webp": "face",
  "truncated-last-2-bytes.jpg": "CORRUPT",
  "two-faces.jpg": "manyFaces",
  "upside-down-face.jpg": "noFace",
};

const MODEL = "faceplugin-512";
let vision: Vision;
beforeAll(async () => {
  vision = await visionFromFiles();
  await vision.ready();
});

const read = (file: string): Promise<OneFace> => vision.readOneFace(fixture(file), { model: MODEL, minimumQuality: 0 });
const answerOf = (reading: OneFace): string => (reading.kind === "badImage" ? reading.reason : reading.kind);

test("each file of the folder is in the table", () => {
  const files = readdirSync(folder).filter((file) => file !== "expected.json");
  expect(rows.map(({ file }) => file).sort()).toEqual(files.sort());
});

test.for(rows)("$file ($what) gets the answer of the table", async ({ file, verdict, reason }) => {
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const answer = answerOf(await read(file));
  expect(performance.now() - start, "milliseconds").toBeLessThan(2000);
  expect((process.memoryUsage().rss - before) / 2 ** 20, "MB of memory").toBeLessThan(100);
  expect(verdict === "either" ? [CHOSEN_ANSWERS[file]] : ANSWERS[reason]).toContain(answer);
});

test("all eight orientations give the same box and nearly the same template", async () => {
  const upright = await face("orientation-1.jpg");
  for (let orientation = 2; orientation <= 8; orientation++) {
    const turned = await face(`orientation-${orientation}.jpg`);
    for (const side of ["x", "y", "width", "height"] as const) {
      expect(Math.abs(turned.face.box[side] - upright.face.box[side]), `${orientation} ${side}`).toBeLessThan(2.5);
    }
    expect(squaredDistance(turned.template, upright.template)).toBeLessThan(0.05);
  }
});

test("a picture gives nearly the same template in each file format", async () => {
  const plain = await face("interlaced.png");
  for (const [file, maxDistance] of [
    ["rgb-16bit.png", 0.0001],
    ["png-ztxt-bomb.png", 0.0001],
    ["cmyk.jpg", 0.1],
    ["still.webp", 0.1],
    ["progressive.jpg", 0.1],
  ] as const) {
    expect(squaredDistance((await face(file)).template, plain.template), file).toBeLessThan(maxDistance);
  }
});

test("bytes after the end of a picture are ignored", async () => {
  const [dirty, clean] = [await face("trailing-garbage.jpg"), await face("jpeg-named.png")];
  expect(dirty.template.vector).toEqual(clean.template.vector);
});

test("two faces are both returned if several are requested", async () => {
  const found = await vision.detect(fixture("two-faces.jpg"), { maxFaces: 5 });
  expect(found).toMatchObject({ kind: "detection", width: 480, height: 300, faces: [{}, {}] });
});

test("a bad picture does not affect the next one", async () => {
  for (const file of ["bad-crc.png", "truncated.png", "magic-random.jpg", "png-0x0.png"]) {
    await read(file);
    expect(answerOf(await read("palette.png"))).toBe("face");
  }
});

async function face(file: string): Promise<Extract<OneFace, { kind: "face" }>> {
  const reading = await read(file);
  if (reading.kind !== "face") throw new Error(`${file}: ${reading.message}`);
  return reading;
}
