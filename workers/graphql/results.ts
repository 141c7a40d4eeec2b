import type { ApiKeyCreated } from "../access/keys.ts";
import type { EnrollOutcome } from "../enrollment/enroll.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { Identified, IdentifyOutcome } from "../identification/identify.ts";
import type { JobCanceled } from "../jobs/cancel-job.ts";
import type { StartJobOutcome } from "../jobs/start-job.ts";
import type { Deleted } from "../platform/outcomes.ts";
import type { Stylized, StylizeOutcome } from "../stylization/stylize.ts";
import type { Verified, VerifyOutcome } from "../verification/verify.ts";
import type { Detection } from "../vision/vision.ts";
import type { Context } from "./context.ts";

/** An outcome and its duration in milliseconds; null if the clock does not advance during computation. */
export type Timed<T> = T & { millis: number | null };

export type TimedDetection = Timed<Detection>;
export type TimedVerification = Timed<Verified>;
export type TimedIdentification = Timed<Identified>;
export type TimedStylization = Timed<Stylized>;

export async function timed<T extends object>(work: () => Promise<T>, { clockRuns }: Context): Promise<Timed<T>> {
  const start = performance.now();
  const result = await work();
  return { ...result, millis: clockRuns() ? performance.now() - start : null };
}

type GalleryOutcome<Method extends keyof Gallery, Kind> = Extract<Awaited<ReturnType<Gallery[Method]>>, { kind: Kind }>;

export type CollectionCreated = GalleryOutcome<"createCollection", "created">;
export type SubjectUpdated = GalleryOutcome<"updateSubject", "updated">;
export type SubjectsMerged = GalleryOutcome<"mergeSubjects", "merged">;

/** All outcomes of the features. */
type AnyOutcome =
  | EnrollOutcome
  | VerifyOutcome
  | IdentifyOutcome
  | Detection
  | Deleted
  | ApiKeyCreated
  | CollectionCreated
  | SubjectUpdated
  | SubjectsMerged
  | StylizeOutcome
  | StartJobOutcome
  | JobCanceled;

const TYPE_NAMES = {
  apiKeyCreated: "ApiKeyCreated",
  badImage: "BadImage",
  conflict: "Conflict",
  created: "CollectionCreated",
  deleted: "Deleted",
  detection: "Detection",
  differentPerson: "DifferentPerson",
  enrolled: "Enrolled",
  identification: "Identification",
  jobCanceled: "JobCanceled",
  jobStarted: "JobStarted",
  looksLikeOthers: "LooksLikeOthers",
  manyFaces: "ManyFaces",
  merged: "SubjectsMerged",
  modelMismatch: "ModelMismatch",
  noFace: "NoFace",
  noTemplate: "NoTemplate",
  notFound: "NotFound",
  poorQuality: "PoorQuality",
  stylized: "Stylized",
  tooManyJobs: "TooManyJobs",
  updated: "SubjectUpdated",
  verified: "Verification",
} as const satisfies Record<AnyOutcome["kind"], string>;

/** The GraphQL type of an outcome, for `__resolveType`. An outcome without a type name is a compile error. */
export const typeNameOf = <Kind extends AnyOutcome["kind"]>({ kind }: { kind: Kind }) => TYPE_NAMES[kind];
