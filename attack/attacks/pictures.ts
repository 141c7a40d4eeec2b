import type { AttackContext } from "../attack-context.ts";
import * as bombs from "../bombs.ts";
import { type HostileResponse, sendHostile } from "../hostile-request.ts";
import { upload } from "../multipart.ts";
import type { Attack } from "./attack.ts";

const MB = 2 ** 20;

const DETECT = /* GraphQL */ `
  mutation Detect($image: Upload!) {
    detect(image: { upload: $image }, maxFaces: 1) { __typename ... on BadImage { reason } }
  }`;

async function detect({ target, attacker }: AttackContext, picture: Uint8Array): Promise<HostileResponse[]> {
  const { headers, body } = upload(DETECT, { image: null }, "variables.image", picture);
  return [await sendHostile(target.url, { headers: { ...headers, authorization: `Bearer ${attacker.key}` }, body })];
}

const pictureAttack = (name: string, make: (context: AttackContext) => Uint8Array, ...expected: string[]): Attack => ({
  name: `pictures: ${name}`,
  expected,
  run: (context) => detect(context, make(context)),
});

const DETECTED = "200 Detection";
const CORRUPT = "200 BadImage CORRUPT";
const UNSUPPORTED = "200 BadImage UNSUPPORTED_FORMAT";
const TOO_MANY_PIXELS = "200 BadImage TOO_MANY_PIXELS";

/** The largest EXIF segment of a JPEG, filled with entries, each of which claims the whole segment as its value. */
const exifSegment = () => Buffer.concat([Buffer.from("Exif\0\0", "latin1"), bombs.exif(5_000, 65_000)]);

/** Files whose pixels or metadata cost much more than their size suggests. */
export const PICTURES: readonly Attack[] = [
  pictureAttack(
    "PNG of 3 MB whose pixel data inflate to 3 GB",
    () => bombs.png({ width: 1_000, height: 1_000 }, { inflated: 3 * 1024 * MB }),
    CORRUPT,
    DETECTED,
  ),
  pictureAttack(
    "PNG that claims 50000×50000",
    () => bombs.png({ width: 50_000, height: 50_000 }, { inflated: MB }),
    TOO_MANY_PIXELS,
  ),
  pictureAttack("PNG, 50 megapixels", () => bombs.png({ width: 8_192, height: 6_103 }), DETECTED, TOO_MANY_PIXELS),
  pictureAttack(
    "PNG, 24 megapixels of 64 bits",
    () => bombs.png({ width: 4_800, height: 4_900, bitDepth: 16, colorType: 6 }),
    DETECTED,
  ),
  pictureAttack(
    "PNG, 24 megapixels, interlaced",
    () => bombs.png({ width: 4_800, height: 4_900, interlaced: true }),
    DETECTED,
  ),
  pictureAttack(
    "PNG with text that inflates to 1 GB",
    () => bombs.png({ width: 64, height: 64 }, { chunks: [bombs.zTxt(1024 * MB)] }),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack(
    "PNG with 2,000 texts of 1 MB",
    () => bombs.png({ width: 64, height: 64 }, { chunks: Array.from({ length: 2_000 }, () => bombs.zTxt(MB)) }),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack(
    "PNG with an ICC profile that inflates to 20 MB",
    () => bombs.png({ width: 64, height: 64 }, { chunks: [bombs.iccp(20 * MB)] }),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack(
    "PNG with an ICC profile that inflates to 2 GB",
    () => bombs.png({ width: 64, height: 64 }, { chunks: [bombs.iccp(2_048 * MB)] }),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack(
    "PNG with 9 MB of EXIF in one entry",
    () => bombs.png({ width: 64, height: 64 }, { chunks: [bombs.pngChunk("eXIf", bombs.exif(1, 9 * MB))] }),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack(
    "PNG with 9 MB of EXIF, 65,000 entries",
    () => bombs.png({ width: 64, height: 64 }, { chunks: [bombs.pngChunk("eXIf", bombs.exif(65_000, 9 * MB))] }),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack(
    "JPEG with 9 MB of EXIF in 144 segments",
    ({ portrait }) => bombs.withSegments(portrait, 0xe1, Array.from({ length: 144 }, exifSegment)),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack(
    "JPEG with one EXIF segment of 5,000 entries",
    ({ portrait }) => bombs.withSegments(portrait, 0xe1, [exifSegment()]),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack(
    "JPEG with 9 MB of ICC profile",
    ({ portrait }) => bombs.withIccProfile(portrait, 9 * MB),
    DETECTED,
    CORRUPT,
  ),
  pictureAttack("JPEG, 50 megapixels in 195 kB", () => bombs.jpeg(8_192, 6_096), DETECTED, TOO_MANY_PIXELS),
  pictureAttack("JPEG, progressive, 60 scans of 19 megapixels", () => bombs.progressiveJpeg(60), DETECTED),
  pictureAttack("JPEG, progressive, 20,000 scans", () => bombs.progressiveJpeg(20_000), CORRUPT, UNSUPPORTED),
  pictureAttack("GIF that claims 65535×65535, animated", () => bombs.animatedGif(100_000), UNSUPPORTED),
  pictureAttack(
    "WebP that claims 16384×16384, animated",
    () => bombs.animatedWebp(16_384, 100_000),
    UNSUPPORTED,
    TOO_MANY_PIXELS,
  ),
  {
    name: "pictures: 50 megapixels, ten at once",
    expected: [DETECTED, TOO_MANY_PIXELS, "429 RATE_LIMITED"],
    run: async (context) => {
      const picture = bombs.jpeg(8_192, 6_096);
      return (await Promise.all(Array.from({ length: 10 }, () => detect(context, picture)))).flat();
    },
  },
];
