import * as v from "valibot";
import { NetTraits } from "./style.ts";
import { NonNegativeInt, PositiveInt, Sha256 } from "./values.ts";

/**
 * The job service sends reports and artifacts to the Worker: `POST <reports.url>` with a {@link Report}, and
 * `PUT <reports.url>/<artifact>` with the bytes of a picture or a net. Both carry the report token as the bearer token and
 * `Content-Digest: sha-256=:…:` of the body (RFC 9530). The Worker checks the digest before it uses the body.
 *
 * Each report and each artifact of an attempt has a higher sequence number than the one before. A request that is repeated, comes
 * late or belongs to an older attempt is acknowledged and changes nothing.
 */

const Finite = v.pipe(v.number(), v.finite());
/** `[step, total, content, style]`. */
const Losses = v.tuple([PositiveInt, Finite, Finite, Finite]);

const progress = { sequence: PositiveInt, step: NonNegativeInt, steps: NonNegativeInt };

export const Report = v.variant("event", [
  /** The attempt waits in the service's queue. */
  v.object({ event: v.literal("queued"), ...progress }),
  /** The attempt runs. The first of these reports starts the job. Each one brings the losses since the previous one. */
  v.object({
    event: v.literal("running"),
    ...progress,
    provider: v.string(),
    losses: v.pipe(v.array(Losses), v.maxLength(2_000)),
  }),
  /** The job is done. All artifacts were put before this report, and `delivered` has their hashes. The Worker compares them. */
  v.object({
    event: v.literal("succeeded"),
    ...progress,
    delivered: v.variant("kind", [
      v.object({ kind: v.literal("optimizeStyle"), result: Sha256 }),
      v.object({ kind: v.literal("trainStyle"), net: Sha256, thumbnail: Sha256, traits: NetTraits }),
    ]),
  }),
  /**
   * The attempt failed. `message` tells a person what was wrong and what to do. `retry`: another attempt can succeed.
   */
  v.object({
    event: v.literal("failed"),
    ...progress,
    message: v.pipe(v.string(), v.maxLength(1_000)),
    retry: v.boolean(),
  }),
  /** The attempt stopped because an acknowledgement had `stop`. */
  v.object({ event: v.literal("canceled"), ...progress }),
]);
export type Report = v.InferOutput<typeof Report>;

/** The Worker's response to a report or an artifact, whether the request changed anything or not. */
export const Acknowledgement = v.object({
  /** The attempt must stop: the job was canceled, has ended, or belongs to another attempt. */
  stop: v.boolean(),
});
export type Acknowledgement = v.InferOutput<typeof Acknowledgement>;

/** The artifacts that can be put below `reports.url`, with their media types and size limits. */
export const ARTIFACTS = {
  preview: { types: ["image/jpeg", "image/png", "image/webp"], maxBytes: 8 * 2 ** 20 },
  /** The state that another attempt resumes from: a lossless picture, or the state of a training as JSON. */
  checkpoint: { types: ["image/png", "application/json"], maxBytes: 24 * 2 ** 20 },
  result: { types: ["image/jpeg", "image/png", "image/webp"], maxBytes: 24 * 2 ** 20 },
  net: { types: ["application/octet-stream"], maxBytes: 2 ** 20 },
  thumbnail: { types: ["image/jpeg"], maxBytes: 2 ** 18 },
} as const;
export type Artifact = keyof typeof ARTIFACTS;

/** Headers of an artifact, in addition to Authorization, Content-Type, Content-Length and Content-Digest. */
export const HEADERS = {
  sequence: "semblance-sequence",
  /** The step of a preview or a checkpoint. */
  step: "semblance-step",
  /** Size of a picture, in pixels. */
  width: "semblance-width",
  height: "semblance-height",
} as const;
