import * as v from "valibot";
import { NetTraits } from "./style.ts";
import { Positive, Sha256, Whole } from "./values.ts";

/**
 * What the container tells of a job: `POST <reports.url>` with a {@link Report}, and `PUT <reports.url>/<artifact>` with the
 * bytes of a picture or a net. Both carry the report token as bearer, and `Content-Digest: sha-256=:…:` of the body (RFC 9530),
 * which the Worker checks before it believes anything. Sequence numbers rise over all that an attempt tells; what is older, or
 * is repeated, or is of an older attempt, is acknowledged and changes nothing.
 */

const Finite = v.pipe(v.number(), v.finite());
/** `[step, total, content, style]`. */
const Losses = v.tuple([Positive, Finite, Finite, Finite]);

const common = { sequence: Positive, step: Whole, steps: Whole };

export const Report = v.variant("event", [
  /** It waits its turn in the service's queue. */
  v.object({ event: v.literal("queued"), ...common }),
  /** It runs. The first of these is the job's start; each one brings the losses since the last. */
  v.object({
    event: v.literal("running"),
    ...common,
    provider: v.string(),
    losses: v.pipe(v.array(Losses), v.maxLength(2_000)),
  }),
  /** It is done, and all that it delivers was put before this: the artifacts' hashes, which must be those that are there. */
  v.object({
    event: v.literal("succeeded"),
    ...common,
    delivered: v.variant("kind", [
      v.object({ kind: v.literal("optimizeStyle"), result: Sha256 }),
      v.object({ kind: v.literal("trainStyle"), net: Sha256, thumbnail: Sha256, traits: NetTraits }),
    ]),
  }),
  /** It cannot be done. `message` is for a person: what was wrong and what to do. `retry`: another attempt may do better. */
  v.object({
    event: v.literal("failed"),
    ...common,
    message: v.pipe(v.string(), v.maxLength(1_000)),
    retry: v.boolean(),
  }),
  /** It stopped because it was told to. */
  v.object({ event: v.literal("canceled"), ...common }),
]);
export type Report = v.InferOutput<typeof Report>;

/** What the Worker answers to a report or an artifact, whether it changed anything or not. */
export const Acknowledgement = v.object({
  /** Stop: the job was cancelled, or has ended, or belongs to another attempt. */
  stop: v.boolean(),
});
export type Acknowledgement = v.InferOutput<typeof Acknowledgement>;

/** What may be put below `reports.url`, its media types and most bytes. */
export const ARTIFACTS = {
  preview: { types: ["image/jpeg", "image/png", "image/webp"], mostBytes: 8 * 2 ** 20 },
  /** What another attempt goes on from: a picture, lossless, so that it goes on where it was; the state of a training as JSON. */
  checkpoint: { types: ["image/png", "application/json"], mostBytes: 24 * 2 ** 20 },
  result: { types: ["image/jpeg", "image/png", "image/webp"], mostBytes: 24 * 2 ** 20 },
  net: { types: ["application/octet-stream"], mostBytes: 2 ** 20 },
  thumbnail: { types: ["image/jpeg"], mostBytes: 2 ** 18 },
} as const;
export type Artifact = keyof typeof ARTIFACTS;

/** Headers of an artifact beside Authorization, Content-Type, Content-Length and Content-Digest. */
export const HEADERS = {
  sequence: "semblance-sequence",
  /** The step that a preview or a checkpoint is of. */
  step: "semblance-step",
  /** Of a picture, in pixels. */
  width: "semblance-width",
  height: "semblance-height",
} as const;
