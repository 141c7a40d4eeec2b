import { DEFAULT_LIMITS, readHeader } from "../../imaging/codecs/header.ts";
import type { StoredWork } from "../../schema/protocol/dispatch.ts";
import type { Actor } from "../platform/audit.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import { type IdempotencyKey, idempotencyKey } from "../platform/idempotency.ts";
import { newId } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import { type Conflict, conflict, keyReused, type NotFound } from "../platform/outcomes.ts";
import type { BadImage } from "../platform/picture.ts";
import { sha256 } from "../platform/sha256.ts";
import type { JobWorkflows } from "./job-workflows.ts";
import type { Job, Jobs } from "./jobs.ts";
import { inputsExpireAt } from "./retention.ts";
import type { JobLimits } from "./run-job.ts";

/** The options of every job. */
export interface JobRequest {
  webhook?: URL;
  /** From now. */
  deadlineSeconds?: number;
  idempotencyKey?: string;
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

export interface StartJobDeps {
  jobs: Jobs;
  workflows: JobWorkflows;
  blobs: Blobs;
  limits: JobLimits;
  /** Whether this deployment has a job service. */
  hasJobService: boolean;
  /** The default deadline of a job, in milliseconds from its start. */
  deadlineMs: number;
  actor: Actor;
  clock: Clock;
  log: Log;
}

/** Stores a picture that can be decoded. */
export type Store = (picture: { bytes: Uint8Array }) => Promise<{ key: string; sha256: string }>;

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

/**
 * Starts a job of any kind: checks the idempotency key and the tenant's limit, prepares the work, writes the job and starts its workflow.
 * `prepareWork` checks the inputs, and stores each with `store`. `fingerprints` returns what identifies the inputs for the idempotency key.
 */
export async function startJob(
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
