import { DEFAULT_LIMITS, readHeader } from "../../imaging/codecs/header.ts";
import type { StoredWork } from "../../schema/protocol/dispatch.ts";
import type { Actor } from "../platform/audit.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import { type IdempotencyKey, idempotencyKey } from "../platform/idempotency.ts";
import { newId } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import { type Conflict, conflict, keyReused, type NotFound, notFound } from "../platform/outcomes.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import { sha256 } from "../platform/sha256.ts";
import type { Stages } from "../vision/stages.ts";
import type { Detection, Vision } from "../vision/vision.ts";
import type { JobWorkflows } from "./job-workflows.ts";
import type { Job, Jobs } from "./jobs.ts";
import { inputsExpireAt } from "./retention.ts";
import type { JobLimits } from "./run-job.ts";

type OptimizationSettings = Extract<StoredWork, { kind: "optimizeStyle" }>["settings"];
type TrainingSettings = Extract<StoredWork, { kind: "trainStyle" }>["settings"];

/** The options of every job. */
interface JobRequest {
  webhook?: URL;
  /** From now. */
  deadlineSeconds?: number;
  idempotencyKey?: string;
}

export interface OptimizeStyleRequest extends JobRequest {
  content: Picture;
  /** One to four. */
  paintings: readonly { source: Picture | { styleId: string }; weight: number }[];
  settings: OptimizationSettings;
}

export interface TrainStyleRequest extends JobRequest {
  name: string;
  painting: Picture;
  settings: TrainingSettings;
}

export interface JobStarted {
  kind: "jobStarted";
  job: Job;
}

/** The tenant has reached its limit of unfinished jobs. */
export interface TooManyJobs {
  kind: "tooManyJobs";
  limit: number;
  message: string;
}

export type StartJobOutcome = JobStarted | BadImage | NotFound | Conflict | TooManyJobs;

/** A painting: a stored blob, or bytes that are not stored yet. */
type Painting = { key: string; sha256: string } | { bytes: Uint8Array };

export interface StartJobDeps {
  jobs: Jobs;
  workflows: JobWorkflows;
  blobs: Blobs;
  vision: Vision;
  stages?: Stages;
  /** The painting of a style. Undefined if the tenant has no such style. */
  paintingOf: (styleId: string) => Promise<Painting | undefined>;
  limits: JobLimits;
  /** Whether this deployment has a job service. */
  hasJobService: boolean;
  /** The default deadline of a job, in milliseconds from its start. */
  deadlineMs: number;
  actor: Actor;
  clock: Clock;
  log: Log;
}

/** Starts the stylization of a photograph by optimization. Checks all pictures first, so that invalid ones are reported at once. */
export async function optimizeStyle(request: OptimizeStyleRequest, deps: StartJobDeps): Promise<StartJobOutcome> {
  const { content, paintings, settings } = request;
  const fingerprints = () =>
    Promise.all([
      content.fingerprint(),
      ...paintings.map(async ({ source, weight }) => [
        "styleId" in source ? source.styleId : await source.fingerprint(),
        weight,
      ]),
    ]);
  return startJob("optimizeStyle", request, fingerprints, deps, async (store) => {
    const photograph = await inspect(content, MAX_FACES, deps);
    if (photograph.kind === "badImage") return photograph;
    const checked: { painting: Painting; weight: number }[] = [];
    for (const { source, weight } of paintings) {
      const painting = await paintingFrom(source, deps);
      if ("kind" in painting) return painting;
      checked.push({ painting, weight });
    }
    const stored = [];
    for (const { painting, weight } of checked)
      stored.push({ file: "key" in painting ? painting : await store(painting), weight });
    return {
      kind: "optimizeStyle",
      settings,
      content: await store(photograph),
      faces: photograph.faces.map(({ box }) => box),
      paintings: stored,
    };
  });
}

/** Starts the training of a style. */
export async function trainStyle(request: TrainStyleRequest, deps: StartJobDeps): Promise<StartJobOutcome> {
  const { name, painting, settings } = request;
  const fingerprints = async () => [name, await painting.fingerprint()];
  return startJob("trainStyle", request, fingerprints, deps, async (store) => {
    const inspected = await inspect(painting, 0, deps);
    if (inspected.kind === "badImage") return inspected;
    if (Math.min(inspected.width, inspected.height) < MIN_PAINTING_SIDE) return paintingTooSmall();
    return { kind: "trainStyle", name, settings, painting: await store(inspected) };
  });
}

/** In pixels. A smaller painting shows no brush strokes to learn from. */
const MIN_PAINTING_SIDE = 64;
const paintingTooSmall = (): BadImage => ({
  kind: "badImage",
  reason: "TOO_SMALL",
  message: `The painting must have at least ${MIN_PAINTING_SIDE} pixels on each side. Send a larger image.`,
});

/** A picture that can be decoded, its size, and its faces if they were requested. */
interface InspectedPicture extends Omit<Detection, "kind"> {
  kind: "inspected";
  bytes: Uint8Array;
}
type Store = (picture: { bytes: Uint8Array }) => Promise<{ key: string; sha256: string }>;

/** The maximum number of faces that are preserved separately. Larger groups are stylized like the rest of the photograph. */
const MAX_FACES = 20;

async function inspect(
  picture: Picture,
  maxFaces: number,
  { vision, stages }: StartJobDeps,
): Promise<InspectedPicture | BadImage> {
  const bytes = await picture.read();
  if (isBadImage(bytes)) return bytes;
  const header = await readHeader(bytes, DEFAULT_LIMITS);
  if ("kind" in header) return header;
  // The job service decodes pictures itself, and does not support HEIC.
  if (header.format === "heif") {
    return {
      kind: "badImage",
      reason: "UNSUPPORTED_FORMAT",
      message: "Jobs do not support HEIC. Send JPEG, PNG or WebP.",
    };
  }
  const detection = await vision.detect(bytes, { maxFaces, ...(stages ? { stages } : {}) });
  return detection.kind === "badImage" ? detection : { ...detection, kind: "inspected", bytes };
}

async function paintingFrom(
  source: Picture | { styleId: string },
  deps: StartJobDeps,
): Promise<Painting | BadImage | NotFound> {
  if ("styleId" in source) return (await deps.paintingOf(source.styleId)) ?? notFound("style", source.styleId);
  const inspected = await inspect(source, 0, deps);
  return inspected.kind === "badImage" ? inspected : { bytes: inspected.bytes };
}

const MEDIA_TYPES = {
  jpeg: "image/jpeg",
  cmykJpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  heif: "image/heif",
};

const tooManyJobs = ({ active, waiting }: JobLimits): TooManyJobs => ({
  kind: "tooManyJobs",
  limit: active + waiting,
  message: `Your job queue is full. You have ${active + waiting} unfinished jobs, which is the limit (${active} active, ${waiting} waiting). Wait until a job has ended or cancel one with cancelJob, then try again.`,
});

/** Starts a job of either kind: checks the idempotency key, stores the pictures, writes the job and starts its workflow. */
async function startJob(
  operation: StoredWork["kind"],
  { webhook, deadlineSeconds, idempotencyKey: givenKey, ...request }: JobRequest & { settings: object },
  fingerprints: () => Promise<unknown>,
  deps: StartJobDeps,
  prepareWork: (store: Store) => Promise<StoredWork | BadImage | NotFound>,
): Promise<StartJobOutcome> {
  const { jobs, workflows, blobs, limits, hasJobService, actor, clock, log } = deps;
  const { tenantId } = actor;
  const key = givenKey === undefined ? undefined : await keyOf(givenKey);
  const earlierId = key && (await jobs.findByIdempotencyKey(tenantId, key));
  if (earlierId !== undefined) return outcomeOf(earlierId);
  if (!hasJobService) {
    return conflict(
      "This deployment has no job service. Its operator must start one with npm run serve-jobs and set JOB_SERVICE_URL to its address.",
    );
  }

  const maxUnfinished = limits.active + limits.waiting;
  if (await jobs.isFull(tenantId, maxUnfinished)) return tooManyJobs(limits);

  const now = clock();
  const storedKeys: string[] = [];
  const deadlineAt = new Date(now + (deadlineSeconds === undefined ? deps.deadlineMs : deadlineSeconds * 1_000));
  const work = await prepareWork(async ({ bytes }) => {
    const header = await readHeader(bytes, DEFAULT_LIMITS);
    if ("kind" in header) throw new Error("The picture's header cannot be read, although it was checked before.");
    const info = {
      tenantId,
      key: `${tenantId}/${newId("blob")}`,
      contentType: MEDIA_TYPES[header.format],
      sha256: await sha256(new Uint8Array(bytes)),
      bytes: bytes.length,
      width: header.width,
      height: header.height,
      expiresAt: inputsExpireAt(deadlineAt),
    };
    await blobs.put(info, bytes);
    storedKeys.push(info.key);
    return { key: info.key, sha256: info.sha256 };
  });
  if (work.kind === "badImage" || work.kind === "notFound") return work;

  const job = {
    tenantId,
    id: newId("job"),
    kind: operation,
    work,
    webhook: webhook?.href ?? null,
    createdAt: new Date(now),
    deadlineAt,
  };
  const id = await jobs.create(job, maxUnfinished, actor, key);
  // The job was not created, so no row refers to the blobs.
  if (id !== job.id) await blobs.delete(tenantId, storedKeys);
  if (id === "full") return tooManyJobs(limits);
  if (id === job.id) {
    // If this fails, the schedule starts the workflow.
    await workflows
      .startOrWake({ tenantId, jobId: id })
      .catch((error) => log("warn", { event: "job.not-begun", tenantId, jobId: id, error }));
  }
  return outcomeOf(id);

  async function outcomeOf(jobId: string): Promise<JobStarted | Conflict> {
    if (jobId === "conflict") return keyReused();
    const job = await jobs.find({ tenantId, jobId });
    return job
      ? { kind: "jobStarted", job }
      : conflict("The job that this idempotency key started no longer exists. Use a new key.");
  }

  async function keyOf(key: string): Promise<IdempotencyKey> {
    return idempotencyKey(key, operation, [
      await fingerprints(),
      request.settings,
      webhook?.href ?? null,
      deadlineSeconds ?? null,
    ]);
  }
}
