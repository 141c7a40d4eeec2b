import * as v from "valibot";
import { Address, Id, Positive, Sha256, Weight, Whole } from "./values.ts";

/**
 * What the Worker posts to the job service: `POST <service>/jobs`, with a job token (`tokens.ts`) that is good for these very
 * bytes. The service answers 202 when it has accepted, 200 when it had accepted this attempt before, 429 when it is busy (with
 * Retry-After), 503 when it is draining, another 4xx where it will never accept.
 */

/** A file that the Worker hands over: a signed address that expires, and what must come from it. */
const Input = v.object({ url: Address, sha256: Sha256 });
/** Of the Worker's own record of a job: the blob that an address is signed for at each dispatch. */
const Kept = v.object({ key: v.string(), sha256: Sha256 });

const Share = v.pipe(v.number(), v.gtValue(0), v.maxValue(100));
const Seed = v.pipe(Whole, v.maxValue(2 ** 32 - 1));
/** A face, in pixels of the content picture as it was sent, upright. */
const Box = v.object({ x: v.number(), y: v.number(), width: v.number(), height: v.number() });

/** Settings of an optimisation; what is left out is the recipe's own. */
const Optimisation = v.object({
  recipe: v.picklist(["painterly", "gatys"]),
  contentWeight: v.exactOptional(Weight),
  styleWeight: v.exactOptional(Weight),
  smoothness: v.exactOptional(Weight),
  contentLayer: v.exactOptional(v.string()),
  styleLayers: v.exactOptional(v.record(v.string(), Share)),
  start: v.exactOptional(v.picklist(["noise", "content"])),
  optimizer: v.exactOptional(v.picklist(["lbfgs", "adam"])),
  steps: v.exactOptional(v.pipe(Positive, v.maxValue(2_000))),
  seed: v.exactOptional(Seed),
  /** The longer side of the result, in pixels. */
  maxSide: v.pipe(Whole, v.minValue(64), v.maxValue(2_048)),
  preserveColors: v.exactOptional(v.boolean()),
  previewEvery: v.exactOptional(v.pipe(Positive, v.maxValue(2_000))),
});

/** Settings of a training; what is left out is the trainer's own. */
const Training = v.object({
  contentWeight: v.exactOptional(Weight),
  styleWeight: v.exactOptional(Weight),
  steps: v.exactOptional(v.pipe(Positive, v.maxValue(20_000))),
  seed: v.exactOptional(Seed),
});

/** What is to be done, with `File` for each picture it needs: an address for the container, a blob's key in the job's row. */
const workOf = <File extends v.GenericSchema>(File: File) =>
  v.variant("kind", [
    v.object({
      kind: v.literal("optimizeStyle"),
      settings: Optimisation,
      content: File,
      faces: v.array(Box),
      paintings: v.pipe(v.array(v.object({ file: File, weight: Share })), v.minLength(1), v.maxLength(4)),
    }),
    v.object({ kind: v.literal("trainStyle"), name: v.string(), settings: Training, painting: File }),
  ]);

/** A job's work as the Worker keeps it. */
export const KeptWork = workOf(Kept);
export type KeptWork = v.InferOutput<typeof KeptWork>;

/** A job's work as the container is told of it. */
export const Work = workOf(Input);
export type Work = v.InferOutput<typeof Work>;

export const Dispatch = v.object({
  jobId: Id,
  /** Whose job it is. The service serves tenants in turn. */
  tenantId: Id,
  /** From 1. */
  attempt: Positive,
  work: Work,
  /** Where the attempt before came to: the picture, or the training, after that step. */
  checkpoint: v.exactOptional(v.object({ ...Input.entries, step: Positive })),
  /** Reports go to `url`, artifacts below it (`report.ts`), both with `token` as bearer. */
  reports: v.object({ url: Address, token: v.string() }),
  /** Who is silent for so long loses the job to another attempt. Report at least three times as often. */
  leaseSeconds: v.pipe(v.number(), v.gtValue(0)),
  /** When the job is given up, in milliseconds since 1970. */
  deadline: Positive,
});
export type Dispatch = v.InferOutput<typeof Dispatch>;
