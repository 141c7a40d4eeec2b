import * as v from "valibot";
import { HttpUrl, Id, NonNegativeInt, PositiveInt, Sha256, Weight } from "./values.ts";

/**
 * The body that the Worker posts to the job service: `POST <service>/jobs`, with a job token (`tokens.ts`) that is valid for exactly
 * these bytes. Responses:
 *
 * - 202: the service accepted the attempt.
 * - 200: the service had already accepted this attempt.
 * - 429: the queue is full (with Retry-After).
 * - 503: the service is draining (with Retry-After).
 * - Another 4xx: the service will never accept this dispatch.
 */

/** A file for the job service: a signed URL that expires, and the SHA-256 of the bytes behind it. */
const Input = v.object({ url: HttpUrl, sha256: Sha256 });
/** A file in the Worker's own record of a job: the key of a blob. The Worker signs a new URL for it at each dispatch. */
const StoredFile = v.object({ key: v.string(), sha256: Sha256 });

/** The weight of a painting or a layer, relative to the others. */
const RelativeWeight = v.pipe(v.number(), v.gtValue(0), v.maxValue(100));
const Seed = v.pipe(NonNegativeInt, v.maxValue(2 ** 32 - 1));
/** A face, in pixels of the upright content picture at its original size. */
const Box = v.object({ x: v.number(), y: v.number(), width: v.number(), height: v.number() });

/** Settings of an optimization. For an omitted setting, the recipe has a default. */
const Optimization = v.object({
  recipe: v.picklist(["painterly", "gatys"]),
  contentWeight: v.exactOptional(Weight),
  styleWeight: v.exactOptional(Weight),
  smoothness: v.exactOptional(Weight),
  contentLayer: v.exactOptional(v.string()),
  styleLayers: v.exactOptional(v.record(v.string(), RelativeWeight)),
  start: v.exactOptional(v.picklist(["noise", "content"])),
  optimizer: v.exactOptional(v.picklist(["lbfgs", "adam"])),
  steps: v.exactOptional(v.pipe(PositiveInt, v.maxValue(2_000))),
  seed: v.exactOptional(Seed),
  /** The longer side of the result, in pixels. */
  maxSide: v.pipe(NonNegativeInt, v.minValue(64), v.maxValue(2_048)),
  preserveColors: v.exactOptional(v.boolean()),
  previewEvery: v.exactOptional(v.pipe(PositiveInt, v.maxValue(2_000))),
});

/** Settings of a training. For an omitted setting, the trainer has a default. */
const Training = v.object({
  contentWeight: v.exactOptional(Weight),
  styleWeight: v.exactOptional(Weight),
  steps: v.exactOptional(v.pipe(PositiveInt, v.maxValue(20_000))),
  seed: v.exactOptional(Seed),
});

/** The work of a job. `File` is how a picture is referenced: by a signed URL for the job service, by a blob key in the job's row. */
const workOf = <File extends v.GenericSchema>(File: File) =>
  v.variant("kind", [
    v.object({
      kind: v.literal("optimizeStyle"),
      settings: Optimization,
      content: File,
      faces: v.array(Box),
      paintings: v.pipe(v.array(v.object({ file: File, weight: RelativeWeight })), v.minLength(1), v.maxLength(4)),
    }),
    v.object({ kind: v.literal("trainStyle"), name: v.string(), settings: Training, painting: File }),
  ]);

/** A job's work as the Worker stores it. */
export const StoredWork = workOf(StoredFile);
export type StoredWork = v.InferOutput<typeof StoredWork>;

/** A job's work as the job service receives it. */
export const Work = workOf(Input);
export type Work = v.InferOutput<typeof Work>;

export const Dispatch = v.object({
  jobId: Id,
  /** The tenant that owns the job. The service serves tenants in turn. */
  tenantId: Id,
  /** From 1. */
  attempt: PositiveInt,
  work: Work,
  /** The last checkpoint of an earlier attempt: the picture, or the state of the training, after that step. */
  checkpoint: v.exactOptional(v.object({ ...Input.entries, step: PositiveInt })),
  /** Reports are posted to `url` and artifacts are put below it (`report.ts`), both with `token` as the bearer token. */
  reports: v.object({ url: HttpUrl, token: v.string() }),
  /** An attempt that sends no report for this long is replaced by a new attempt. Report at least three times in this period. */
  leaseSeconds: v.pipe(v.number(), v.gtValue(0)),
  /** The job expires at this time, in milliseconds since 1970. */
  deadline: PositiveInt,
});
export type Dispatch = v.InferOutput<typeof Dispatch>;
