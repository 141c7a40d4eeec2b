import { DEFAULT_LIMITS, readHeader } from "../../imaging/codecs/header.ts";
import type { StoredWork } from "../../schema/protocol/dispatch.ts";
import type { Actor } from "../platform/actor.ts";
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
import type { Lives, Share } from "./job-life.ts";
import type { Job, Jobs } from "./jobs.ts";
import { keptFor } from "./kept-for.ts";

type OptimisationSettings = Extract<StoredWork, { kind: "optimizeStyle" }>["settings"];
type TrainingSettings = Extract<StoredWork, { kind: "trainStyle" }>["settings"];

/** What any job may be told. */
interface JobRequest {
  webhook?: URL;
  /** From now on. */
  deadlineSeconds?: number;
  idempotencyKey?: string;
}

export interface OptimizeStyleRequest extends JobRequest {
  content: Picture;
  /** One to four. */
  paintings: readonly { source: Picture | { styleId: string }; weight: number }[];
  settings: OptimisationSettings;
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

/** The tenant has as many unfinished jobs as it may have. */
export interface TooManyJobs {
  kind: "tooManyJobs";
  limit: number;
  message: string;
}

export type StartJobOutcome = JobStarted | BadImage | NotFound | Conflict | TooManyJobs;

/** A style's painting: where it is kept, or what it is. */
type Painting = { key: string; sha256: string } | { bytes: Uint8Array };

export interface StartTools {
  jobs: Jobs;
  lives: Lives;
  blobs: Blobs;
  vision: Vision;
  stages?: Stages;
  /** The painting of a style that the tenant may use. */
  paintingOf: (styleId: string) => Promise<Painting | undefined>;
  share: Share;
  /** Whether there is a job service. */
  served: boolean;
  /** Milliseconds that a job has unless it says so itself. */
  deadlineMs: number;
  actor: Actor;
  clock: Clock;
  log: Log;
}

/** Starts the optimisation of a picture. Its pictures are looked at first, so that what cannot be done is said at once. */
export async function optimizeStyle(request: OptimizeStyleRequest, tools: StartTools): Promise<StartJobOutcome> {
  const { content, paintings, settings } = request;
  const given = () =>
    Promise.all([
      content.fingerprint(),
      ...paintings.map(async ({ source, weight }) => [
        "styleId" in source ? source.styleId : await source.fingerprint(),
        weight,
      ]),
    ]);
  return start("optimizeStyle", request, given, tools, async (store) => {
    const photograph = await lookAt(content, MOST_FACES, tools);
    if (photograph.kind === "badImage") return photograph;
    const found: PaintingFile[] = [];
    for (const { source, weight } of paintings) {
      const file = await paintingFrom(source, tools);
      if ("kind" in file) return file;
      found.push({ file, weight });
    }
    const stored = [];
    for (const { file, weight } of found) stored.push({ file: "key" in file ? file : await store(file), weight });
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
export async function trainStyle(request: TrainStyleRequest, tools: StartTools): Promise<StartJobOutcome> {
  const { name, painting, settings } = request;
  const given = async () => [name, await painting.fingerprint()];
  return start("trainStyle", request, given, tools, async (store) => {
    const seen = await lookAt(painting, 0, tools);
    if (seen.kind === "badImage") return seen;
    if (Math.min(seen.width, seen.height) < LEAST_SIDE) return tooSmall();
    return { kind: "trainStyle", name, settings, painting: await store(seen) };
  });
}

/** Less of a painting has no strokes to learn. */
const LEAST_SIDE = 64;
const tooSmall = (): BadImage => ({
  kind: "badImage",
  reason: "TOO_SMALL",
  message: `The painting is smaller than ${LEAST_SIDE} pixels on a side. Send a larger picture of it.`,
});

/** A picture that can be decoded, and its faces where they were asked for. */
interface Seen extends Omit<Detection, "kind"> {
  kind: "seen";
  bytes: Uint8Array;
}
type PaintingFile = { file: Painting; weight: number };
type Store = (picture: { bytes: Uint8Array }) => Promise<{ key: string; sha256: string }>;

/** More faces than these are not kept apart from the crowd that they stand in. */
const MOST_FACES = 20;

async function lookAt(picture: Picture, maxFaces: number, { vision, stages }: StartTools): Promise<Seen | BadImage> {
  const bytes = await picture.read();
  if (isBadImage(bytes)) return bytes;
  const header = await readHeader(bytes, DEFAULT_LIMITS);
  if ("kind" in header) return header;
  // The job service decodes for itself, and knows the formats that are promised.
  if (header.format === "heif") {
    return {
      kind: "badImage",
      reason: "UNSUPPORTED_FORMAT",
      message: "A job cannot read HEIC. Send JPEG, PNG or WebP.",
    };
  }
  const detection = await vision.detect(bytes, { maxFaces, ...(stages ? { stages } : {}) });
  return detection.kind === "badImage" ? detection : { ...detection, kind: "seen", bytes };
}

async function paintingFrom(
  source: Picture | { styleId: string },
  tools: StartTools,
): Promise<Painting | BadImage | NotFound> {
  if ("styleId" in source) return (await tools.paintingOf(source.styleId)) ?? notFound("style", source.styleId);
  const seen = await lookAt(source, 0, tools);
  return seen.kind === "badImage" ? seen : { bytes: seen.bytes };
}

const MEDIA_TYPES = {
  jpeg: "image/jpeg",
  cmykJpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  heif: "image/heif",
};

const tooMany = ({ active, waiting }: Share): TooManyJobs => ({
  kind: "tooManyJobs",
  limit: active + waiting,
  message: `You have ${active + waiting} unfinished jobs, which is the limit: ${active} at work and ${waiting} waiting. Wait until one has ended, or cancel one with cancelJob, then start this one again.`,
});

/** What all jobs have in common: the idempotency key, the blobs, the row, and the Workflow. */
async function start(
  operation: StoredWork["kind"],
  { webhook, deadlineSeconds, idempotencyKey: given, ...request }: JobRequest & { settings: object },
  inputs: () => Promise<unknown>,
  tools: StartTools,
  prepare: (store: Store) => Promise<StoredWork | BadImage | NotFound>,
): Promise<StartJobOutcome> {
  const { jobs, lives, blobs, share, served, actor, clock, log } = tools;
  const { tenantId } = actor;
  const key = given === undefined ? undefined : await keyOf(given);
  const earlier = key && (await jobs.earlier(tenantId, key));
  if (earlier !== undefined) return answer(earlier);
  if (!served) {
    return conflict(
      "This deployment has no job service. Its operator starts one (npm run serve-jobs) and sets JOB_SERVICE_URL to its address.",
    );
  }

  const most = share.active + share.waiting;
  if (await jobs.isFull(tenantId, most)) return tooMany(share);

  const now = clock();
  const stored: string[] = [];
  const deadlineAt = new Date(now + (deadlineSeconds === undefined ? tools.deadlineMs : deadlineSeconds * 1_000));
  const work = await prepare(async ({ bytes }) => {
    const header = await readHeader(bytes, DEFAULT_LIMITS);
    if ("kind" in header) throw new Error("A picture is none that was looked at before.");
    const info = {
      tenantId,
      key: `${tenantId}/${newId("blob")}`,
      contentType: MEDIA_TYPES[header.format],
      sha256: await sha256(new Uint8Array(bytes)),
      bytes: bytes.length,
      width: header.width,
      height: header.height,
      expiresAt: keptFor(deadlineAt),
    };
    await blobs.put(info, bytes);
    stored.push(info.key);
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
  const id = await jobs.create(job, most, actor, key);
  // Nobody refers to them.
  if (id !== job.id) await blobs.delete(tenantId, stored);
  if (id === "full") return tooMany(share);
  if (id === job.id) {
    // The schedule finds a job that was not begun.
    await lives
      .begin({ tenantId, jobId: id })
      .catch((error) => log("warn", { event: "job.not-begun", tenantId, jobId: id, error }));
  }
  return answer(id);

  async function answer(jobId: string): Promise<JobStarted | Conflict> {
    if (jobId === "conflict") return keyReused();
    const job = await jobs.find({ tenantId, jobId });
    return job
      ? { kind: "jobStarted", job }
      : conflict("The job that this idempotency key started is there no more. Use a new key.");
  }

  async function keyOf(key: string): Promise<IdempotencyKey> {
    return idempotencyKey(key, operation, [
      await inputs(),
      request.settings,
      webhook?.href ?? null,
      deadlineSeconds ?? null,
    ]);
  }
}
