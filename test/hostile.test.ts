import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { DETECT } from "./support/documents.ts";
import { exifBlock, flatPng, pngBomb, profileSegments, segment, withSegments } from "./support/made-pictures.ts";
import {
  enroll,
  type FaceAnswer,
  newCollection,
  type Outcome,
  photograph,
  pictureAt,
  verify,
} from "./support/people.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";
import { growthOfWorkerd } from "./support/workerd-memory.ts";

const FOLDER = resolve(import.meta.dirname, "fixtures/hostile");
const LIMIT_MS = 2_000;

interface Expected {
  file: string;
  verdict: "accept" | "reject" | "either";
  reason: string;
}
const expected = JSON.parse(readFileSync(resolve(FOLDER, "expected.json"), "utf8")) as Expected[];

/** The answer of `enroll`: the reason of a BadImage, or the type name. */
type Answer =
  | "UNSUPPORTED_FORMAT"
  | "CORRUPT"
  | "TOO_MANY_PIXELS"
  | "NoFace"
  | "ManyFaces"
  | "PoorQuality"
  | "Enrolled";

/** The chosen answers for files with the verdict "either". docs/images.md documents them. */
const EXPECTED_IF_EITHER: Record<string, readonly Answer[]> = {
  "animated.gif": ["UNSUPPORTED_FORMAT"],
  "animated.webp": ["UNSUPPORTED_FORMAT"],
  "bit-flips.jpg": ["CORRUPT"],
  "blurred-face.jpg": ["NoFace"],
  "one-bit.png": ["NoFace"],
  "picture.bmp": ["UNSUPPORTED_FORMAT"],
  "picture.tif": ["UNSUPPORTED_FORMAT"],
  "png-idat-overlong.png": ["CORRUPT"],
  "png-ztxt-bomb.png": ["Enrolled"],
  "small-face-48.jpg": ["Enrolled"],
  "still.webp": ["Enrolled"],
  "truncated-last-2-bytes.jpg": ["CORRUPT"],
  "two-faces.jpg": ["ManyFaces"],
  "upside-down-face.jpg": ["NoFace"],
};

/** Maps the reasons in expected.json to answers of the API. */
function refusalReasons(reason: string): readonly Answer[] {
  const answers: Answer[] = [];
  if (/unsupported_format/.test(reason)) answers.push("UNSUPPORTED_FORMAT");
  if (/corrupt_image|empty_file/.test(reason)) answers.push("CORRUPT");
  if (/too_many_pixels/.test(reason)) answers.push("TOO_MANY_PIXELS");
  if (/no_face|too_small/.test(reason)) answers.push("NoFace");
  return answers;
}

const allowedAnswers = ({ file, verdict, reason }: Expected): readonly Answer[] => {
  if (verdict === "accept") return ["Enrolled"];
  return verdict === "reject" ? refusalReasons(reason) : (EXPECTED_IF_EITHER[file] ?? []);
};

let worker: RunningWorker;
let api: Client;
let collectionId: string;
beforeAll(async () => {
  worker = await startWorker();
  ({ api } = await worker.tenant());
  collectionId = await newCollection(api);
  await api.request(DETECT, { image: photograph("eileen-collins", "1.png"), maxFaces: 100 });
});
afterAll(() => worker.close());

const detect = async (path: string) =>
  (
    await api.request<{ detect: Outcome & { width: number; height: number; faces: FaceAnswer[] } }>(DETECT, {
      image: pictureAt(path),
      maxFaces: 100,
    })
  ).detect;

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work;
  expect(performance.now() - start, "milliseconds").toBeLessThan(LIMIT_MS);
  return result;
}

describe("every hostile file gets the expected answer, and the next request succeeds", () => {
  test.for(expected)("$file: $verdict $reason", async (row) => {
    const path = resolve(FOLDER, row.file);
    const detected = await withinLimit(detect(path));
    const enrolled = await withinLimit(enroll(api, { collectionId, image: pictureAt(path) }));
    const answer = enrolled.__typename === "BadImage" ? enrolled.reason : enrolled.__typename;
    expect(allowedAnswers(row)).toContain(answer);
    if (enrolled.__typename === "BadImage") {
      expect(detected).toMatchObject({ __typename: "BadImage", reason: enrolled.reason });
    } else {
      expect(detected.__typename).toBe("Detection");
      if (answer === "NoFace") expect(detected.faces).toEqual([]);
      else expect(detected.faces.length).toBeGreaterThan(0);
    }
    const next = await verify(api, {
      probe: photograph("neil-armstrong", "2.jpg"),
      reference: { image: photograph("neil-armstrong", "2.jpg") },
    });
    expect(next).toMatchObject({ decision: "MATCH", distance: expect.closeTo(0, 6) });
  });
});

test("all eight orientations give the same upright picture, the same box and almost the same template", async () => {
  const reference = { upload: pictureAt(resolve(FOLDER, "orientation-1.jpg")).upload };
  const upright = await detect(resolve(FOLDER, "orientation-1.jpg"));
  for (let orientation = 2; orientation <= 8; orientation++) {
    const path = resolve(FOLDER, `orientation-${orientation}.jpg`);
    const turned = await detect(path);
    expect(turned).toMatchObject({ width: 240, height: 300 });
    for (const side of ["x", "y", "width", "height"] as const) {
      expect(
        Math.abs(turned.faces[0]!.box[side] - upright.faces[0]!.box[side]),
        `${side} of orientation ${orientation}`,
      ).toBeLessThan(3);
    }
    const { distance } = await verify(api, { probe: pictureAt(path), reference: { image: reference } });
    expect(distance).toBeLessThan(0.1);
  }
});

describe("a decompression bomb takes neither much time nor much memory", () => {
  const folder = mkdtempSync(resolve(tmpdir(), "semblance-"));
  const face = readFileSync(resolve(FOLDER, "orientation-1.jpg"));
  const exif = segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), exifBlock(1), Buffer.alloc(65_000, 1)]));
  const CORRUPT = { __typename: "BadImage", reason: "CORRUPT" };
  const FOUND = { __typename: "Detection", width: 240, height: 300 };

  test.each([
    ["a PNG of 3 MB that inflates to 3 GB", () => pngBomb(1_000, 3e9), CORRUPT],
    ["a JPEG with 19 MB of EXIF", () => withSegments(face, ...Array.from({ length: 300 }, () => exif)), FOUND],
    ["a JPEG with 16 MB of profile", () => withSegments(face, ...profileSegments(Buffer.alloc(16 << 20, 7))), FOUND],
  ])("%s", async (_, make, answer) => {
    const path = resolve(folder, "bomb");
    writeFileSync(path, make());
    const grown = await growthOfWorkerd(async () => {
      expect(await withinLimit(detect(path))).toMatchObject(answer);
    });
    expect(grown, "MB").toBeLessThan(100);
  });

  test("a picture of 50 megapixels, which the Images binding decodes", async () => {
    const path = resolve(folder, "large");
    writeFileSync(path, flatPng(10_000, 5_000, [200, 200, 200]));
    const grown = await growthOfWorkerd(async () => {
      expect(await detect(path)).toMatchObject({ __typename: "Detection", width: 10_000, height: 5_000, faces: [] });
    });
    expect(grown, "MB").toBeLessThan(100);
  });
});
