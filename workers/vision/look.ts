import type { Codecs } from "../../imaging/codecs/codecs.ts";
import type { Limits } from "../../imaging/codecs/header.ts";
import { discard } from "../../imaging/raster.ts";
import { pause } from "../platform/fair-queue.ts";
import type { BadImage } from "../platform/picture.ts";
import { createRoom, type Lease } from "../platform/room.ts";
import { decode, prepare, type Shrink, type Upright } from "./decode.ts";
import { type Glance, glance, isLookedThrough, lookCloser, type Nets } from "./find-faces.ts";
import type { Located } from "./landmarks.ts";
import type { Runtime } from "./runtime.ts";
import { type Stage, type Stages, untimed } from "./stages.ts";

/** Who looks at a picture, and what is told of it. */
export interface Work {
  /** Each tenant gets its share of the isolate's time. */
  tenantId?: string;
  stages?: Stages;
  /** Aborted when nobody waits for the answer any more: nothing more is decoded and no net is run. */
  signal?: AbortSignal;
}

/** Does a part of the work of a stage. Whatever decodes or runs a net is done in one. */
type Step = <T>(stage: Stage, work: () => Promise<T>) => Promise<T>;

/** A picture that is looked at: for as long as `read` takes. */
export interface Looked {
  upright: Upright;
  step: Step;
}

/** What is to be seen in a picture. */
interface Wanted {
  /** Faces that are looked for; 0: none. */
  maxFaces: number;
  /** Of those that are found, so many are read at most. */
  mostRead: number;
}

/** Decodes a picture, finds its faces, the most prominent first, and reads them. */
export type Look = <T>(
  bytes: Uint8Array,
  o: Work & Wanted,
  read: (looked: Looked, faces: Located[]) => Promise<T>,
) => Promise<T | BadImage>;

export interface LookParts {
  runtime: Runtime;
  codecs: Codecs;
  limits: Limits;
  shrink: Shrink | undefined;
  nets: () => Promise<Nets>;
}

/** More faces than this are read step by step. */
const READ_AT_ONCE = 8;
/** Pictures that are kept decoded from one step to the next: 10 MB each, where they have 2.5 megapixels. */
const MOST_KEPT = 2;
/** A picture that no step was done with for so long is not there any more: its request was cancelled. In milliseconds. */
const FORGOTTEN_AFTER_MS = 10_000;
/** Candidates that are located in one step. */
const LOCATED_A_STEP = 8;

/**
 * What most pictures need is done in one turn. A picture in which small faces are looked for, or with many of them, takes up to
 * seconds: it is kept and looked at step by step, each in a turn of its own, so that others are served in between.
 */
export function createLook({ runtime, codecs, limits, shrink, nets }: LookParts): Look {
  const kept = createRoom({ total: MOST_KEPT, lapseMs: FORGOTTEN_AFTER_MS });

  return async function look<T>(
    bytes: Uint8Array,
    { tenantId = "", stages = untimed, signal, maxFaces, mostRead }: Work & Wanted,
    read: (looked: Looked, faces: Located[]) => Promise<T>,
  ): Promise<T | BadImage> {
    const prepared = await stages.time("decode", () => prepare(bytes, limits, shrink));
    if ("kind" in prepared) return prepared;
    const atOnce: Step = (stage, work) => stages.time(stage, work);

    /** In one turn: the answer, or what a glance has shown, where more is to do than one turn should take. */
    const first = () =>
      runtime.inTurn(async (): Promise<{ answer: T | BadImage } | { upright: Upright; seen: Glance }> => {
        signal?.throwIfAborted();
        const upright = await atOnce("decode", () => decode(prepared, codecs));
        if ("kind" in upright) return { answer: upright };
        const seen = await atOnce("detect", async () => glance(upright.raster, maxFaces, await nets()));
        if (seen.closer.length > 0 || Math.min(mostRead, seen.faces.length) > READ_AT_ONCE) return { upright, seen };
        const answer = await read({ upright, step: atOnce }, seen.faces);
        discard(upright.raster);
        return { answer };
      }, tenantId);

    /** Undefined: the picture is to be kept, but too many are. */
    const attempt = async (room?: Lease): Promise<{ answer: T | BadImage } | undefined> => {
      let lease = room;
      let looked: Awaited<ReturnType<typeof first>> | undefined;
      try {
        looked = await first();
        if ("answer" in looked) return looked;
        lease ??= await kept.take(tenantId, 1, 0);
        if (!lease) return undefined;
        const { upright, seen } = looked;
        const step = stepByStep(lease);
        const faces =
          seen.closer.length === 0
            ? seen.faces
            : await lookCloser(upright.raster, maxFaces, seen, inSteps(await nets(), step));
        return { answer: await read({ upright, step }, faces) };
      } finally {
        if (looked && "upright" in looked) discard(looked.upright.raster);
        lease?.release();
      }
    };

    const stepByStep =
      (lease: Lease): Step =>
      async (stage, work) => {
        lease.renew();
        // A request that was cancelled ends here: what comes after a pause is not run any more.
        await pause();
        signal?.throwIfAborted();
        return runtime.inTurn(() => stages.time(stage, work), tenantId);
      };

    // Who waits until fewer pictures are kept keeps none, and decodes it again.
    const done = isLookedThrough(prepared.header, maxFaces) ? undefined : await attempt();
    for (let found = done; ; found = await attempt(await kept.take(tenantId, 1))) {
      if (found) return found.answer;
    }
  };
}

/** The same nets, each run of which is a step. */
const inSteps = ({ detect, locate }: Nets, step: Step): Nets => ({
  detect: (picture, region) => step("detect", () => detect(picture, region)),
  async locate(picture, candidates) {
    const located: Located[] = [];
    for (const some of inParts(candidates, LOCATED_A_STEP)) {
      located.push(...(await step("detect", () => locate(picture, some))));
    }
    return located;
  },
});

/** Parts of so many, the last one shorter. */
export function inParts<T>(all: readonly T[], length: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < all.length; start += length) parts.push(all.slice(start, start + length));
  return parts;
}
