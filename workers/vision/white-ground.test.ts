import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { runtimeFromFiles, visionFromFiles } from "../../cli/vision-from-files.ts";
import { codecsFromPackages, compiled } from "../../container/pictures/codecs.ts";
import type { Codecs } from "../../imaging/codecs/codecs.ts";
import type { Raster } from "../../imaging/raster.ts";
import { SHIPPED_STYLES } from "../../models/styles.ts";
import { clippedShare, colorsIn, personOnWhite } from "../../test/support/white-ground.ts";
import type { Box } from "./boxes.ts";
import { startJpegEncoder } from "./encode.ts";
import { createStylizer, type Stylizer } from "./stylizer.ts";

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url));

const HEIGHT = 320;
/** The share of the picture's area that the person takes. */
const SHARES = [0.05, 0.29, 0.6];

interface Portrait {
  png: Uint8Array;
  photograph: Raster;
  face: Box;
}

let codecs: Codecs;
let stylizer: Stylizer;
const portraits = new Map<number, Portrait>();

beforeAll(async () => {
  codecs = await codecsFromPackages();
  const [runtime, vision] = [await runtimeFromFiles(), await visionFromFiles()];
  const encode = startJpegEncoder(await compiled("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm"));
  stylizer = createStylizer({ runtime, codecs, encode, facesIn: vision.facesIn });
  for (const share of SHARES) {
    const png = await personOnWhite(share, HEIGHT);
    const found = await vision.detect(png, { maxFaces: 1 });
    if (found.kind !== "detection") throw new Error(found.message);
    portraits.set(share, { png, photograph: await codecs.png(png), face: found.faces[0]!.box });
  }
});

describe.each(SHIPPED_STYLES)("a person on a white background in the style $name", ({ name, traits }) => {
  test.each(["FAST", "FINE"].flatMap((quality) => SHARES.map((share) => ({ quality, share }))))(
    "$quality, person on $share of the area: the face is not black and keeps its shading",
    async ({ quality, share }) => {
      const { png, photograph, face } = portraits.get(share)!;
      const painted = await stylizer.paint(png, {
        net: { key: name, file: file(`models/styles/${name}/net.onnx`), traits },
        ...(quality === "FINE" && { patches: file(`models/styles/${name}/painting.jpg`) }),
        strength: 1,
        preserveColors: false,
        maxSide: HEIGHT,
      });
      if (painted.kind !== "painted") throw new Error(painted.message);
      const colours = colorsIn(await codecs.jpeg(painted.jpeg), face);

      expect(clippedShare(colours)).toBeLessThan(0.02);
      const own = colours.map(mean);
      expect(mean(own)).toBeGreaterThan(0.5 * 255 * mean(traits.colours.mean));
      // FAST does not detect faces.
      if (quality === "FINE") expect(correlation(own, colorsIn(photograph, face).map(mean))).toBeGreaterThan(0.5);
    },
  );
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's correlation, in [−1, 1]. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = (p: readonly number[], meanP: number, q: readonly number[], meanQ: number) =>
    mean(p.map((value, i) => (value - meanP) * (q[i]! - meanQ)));
  return covariance(a, meanA, b, meanB) / Math.sqrt(covariance(a, meanA, a, meanA) * covariance(b, meanB, b, meanB));
}
