import type { Codecs } from "../../imaging/codecs/codecs.ts";
import type { Limits } from "../../imaging/codecs/header.ts";
import { discard } from "../../imaging/raster.ts";
import { pause } from "../platform/fair-queue.ts";
import type { BadImage } from "../platform/picture.ts";
import { createSemaphore, type Lease } from "../platform/semaphore.ts";
import { decode, prepare, type Shrink, type Upright } from "./decode.ts";
import { detectInWhole, type Nets, needsTiles, searchTiles, type WholeDetection } from "./find-faces.ts";
import type { LocatedFace } from "./landmarks.ts";
import type { Runtime } from "./runtime.ts";
import { type Stage, type Stages, untimed } from "./stages.ts";

/** Options of each operation on an image. */
export interface ImageOptions {
  /** Tenants share the CPU time of the isolate fairly. */
  tenantId?: string;
  stages?: Stages;
  /** Aborted when the client disconnects. Then no further decoding or inference starts. */
  signal?: AbortSignal;
}

/** Runs a part of a stage in a turn of its own. All decoding and inference runs in steps. */
type Step = <T>(stage: Stage, work: () => Promise<T>) => Promise<T>;

/** A decoded image. It is valid until `read` returns. */
export interface DecodedImage {
  upright: Upright;
  step: Step;
}

/** Limits of one operation. */
interface FaceLimits {
  /** The maximum number of faces to find. 0: do not search. */
  maxFaces: number;
  /** The maximum number of faces to embed. */
  maxEmbedded: number;
}

/** Decodes an image, finds its faces, most prominent first, and passes them to `read`. */
export type Look = <T>(
  bytes: Uint8Array,
  o: ImageOptions & FaceLimits,
  read: (image: DecodedImage, faces: LocatedFace[]) => Promise<T>,
) => Promise<T | BadImage>;

export interface LookDeps {
  runtime: Runtime;
  codecs: Codecs;
  limits: Limits;
  shrink: Shrink | undefined;
  nets: () => Promise<Nets>;
}

/** More faces than this are embedded in several steps. */
const EMBEDDED_AT_ONCE = 8;
/** The maximum number of images that stay decoded between steps. An image of 2.5 megapixels takes 10 MB. */
const MAX_KEPT = 2;
/** Milliseconds without a step after which the request of an image counts as canceled. */
const CANCELED_AFTER_MS = 10_000;
/** The number of candidates per step of the landmark net. */
const LOCATED_PER_STEP = 8;

/**
 * Most images take one turn. An image with many faces, or in which small faces are searched, takes up to several seconds. It stays
 * decoded and is processed in steps, each in its own turn, so that the isolate serves other requests in between.
 */
export function createLook({ runtime, codecs, limits, shrink, nets }: LookDeps): Look {
  const slots = createSemaphore({ total: MAX_KEPT, leaseMs: CANCELED_AFTER_MS });

  return async function look<T>(
    bytes: Uint8Array,
    { tenantId = "", stages = untimed, signal, maxFaces, maxEmbedded }: ImageOptions & FaceLimits,
    read: (image: DecodedImage, faces: LocatedFace[]) => Promise<T>,
  ): Promise<T | BadImage> {
    const prepared = await stages.time("decode", () => prepare(bytes, limits, shrink));
    if ("kind" in prepared) return prepared;
    const atOnce: Step = (stage, work) => stages.time(stage, work);

    /** One turn. Returns the answer, or the decoded image if more work remains than one turn should take. */
    const first = () =>
      runtime.inTurn(async (): Promise<{ answer: T | BadImage } | { upright: Upright; whole: WholeDetection }> => {
        signal?.throwIfAborted();
        const upright = await atOnce("decode", () => decode(prepared, codecs));
        if ("kind" in upright) return { answer: upright };
        const whole = await atOnce("detect", async () => detectInWhole(upright.raster, maxFaces, await nets()));
        if (whole.tileSizes.length > 0 || Math.min(maxEmbedded, whole.faces.length) > EMBEDDED_AT_ONCE)
          return { upright, whole };
        const answer = await read({ upright, step: atOnce }, whole.faces);
        discard(upright.raster);
        return { answer };
      }, tenantId);

    /** Returns undefined if the image would have to stay decoded but too many images are. */
    const attempt = async (held?: Lease): Promise<{ answer: T | BadImage } | undefined> => {
      let lease = held;
      let result: Awaited<ReturnType<typeof first>> | undefined;
      try {
        result = await first();
        if ("answer" in result) return result;
        lease ??= await slots.take(tenantId, 1, 0);
        if (!lease) return undefined;
        const { upright, whole } = result;
        const step = stepByStep(lease);
        const faces =
          whole.tileSizes.length === 0
            ? whole.faces
            : await searchTiles(upright.raster, maxFaces, whole, inSteps(await nets(), step));
        return { answer: await read({ upright, step }, faces) };
      } finally {
        if (result && "upright" in result) discard(result.upright.raster);
        lease?.release();
      }
    };

    const stepByStep =
      (lease: Lease): Step =>
      async (stage, work) => {
        lease.renew();
        // A canceled request ends here: workerd does not run the code after a pause.
        await pause();
        signal?.throwIfAborted();
        return runtime.inTurn(() => stages.time(stage, work), tenantId);
      };

    // While an image waits it is not kept in memory, so it is decoded again.
    const done = needsTiles(prepared.header, maxFaces) ? undefined : await attempt();
    for (let found = done; ; found = await attempt(await slots.take(tenantId, 1))) {
      if (found) return found.answer;
    }
  };
}

/** The same nets, with each run in its own step. */
const inSteps = ({ detect, locate }: Nets, step: Step): Nets => ({
  detect: (picture, region) => step("detect", () => detect(picture, region)),
  async locate(picture, candidates) {
    const located: LocatedFace[] = [];
    for (const batch of chunksOf(candidates, LOCATED_PER_STEP)) {
      located.push(...(await step("detect", () => locate(picture, batch))));
    }
    return located;
  },
});

/** Splits a list into parts of `length`; the last part may be shorter. */
export function chunksOf<T>(all: readonly T[], length: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < all.length; start += length) parts.push(all.slice(start, start + length));
  return parts;
}
