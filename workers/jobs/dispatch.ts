import * as v from "valibot";
import { type Dispatch, StoredWork } from "../../schema/protocol/dispatch.ts";
import { AUDIENCES } from "../../schema/protocol/tokens.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import { readAtMost } from "../platform/read-at-most.ts";
import { failureOf, type RequestFailure } from "../platform/request-failure.ts";
import { sha256 } from "../platform/sha256.ts";
import type { Signer } from "../platform/signing.ts";
import type { SignUrl } from "../platform/stored-image.ts";
import type { Job } from "./jobs.ts";
import { type JobKinds, kindOf, type StoredFile } from "./kinds.ts";

/** The job service (`container/server.ts`). */
interface JobService {
  /** Without a trailing slash. */
  url: string;
  fetch: typeof fetch;
}

export interface DispatchDeps {
  service: JobService;
  blobs: Blobs;
  signer: Signer;
  signUrl: SignUrl;
  clock: Clock;
  kinds: JobKinds;
  /** The Worker's public URL. */
  issuer: string;
  leaseMs: number;
}

/**
 * The outcome of a dispatch. `busy`: the service's queue is full. `refused`: the service will never accept this attempt. `failed`: a
 * retry can succeed. `message` is shown to the client.
 */
export type DispatchOutcome =
  | { kind: "accepted" }
  | { kind: "busy"; retryMs: number }
  | { kind: "refused"; message: string }
  | { kind: "failed"; failure: RequestFailure; message: string };

const TIMEOUT_MS = 30_000;
/** How long a job token is valid. Each dispatch gets a new token. */
const JOB_TOKEN_MS = 10 * 60_000;
/**
 * How long a report token is valid after the job's deadline. A report that arrives in this period is acknowledged with `stop` instead
 * of refused with 401.
 */
const REPORT_TOKEN_GRACE_MS = 10 * 60_000;

/** Sends the job's current attempt to the job service. Idempotent: the service accepts each attempt once. */
export async function dispatch(job: Job, deps: DispatchDeps): Promise<DispatchOutcome> {
  const { signer, clock } = deps;
  const { url, fetch } = deps.service;
  const body = JSON.stringify(await dispatchOf(job, deps));
  const claims = { sub: job.id, attempt: job.attempt, digest: await sha256(body) };
  const token = await signer.sign(AUDIENCES.job, claims, new Date(clock() + JOB_TOKEN_MS));
  const response = await fetch(`${url}/jobs`, {
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body,
  }).catch(failureOf);
  if (!(response instanceof Response)) return failed(response);
  const { status, headers } = response;
  if (status === 429) {
    await response.body?.cancel();
    return { kind: "busy", retryMs: retryAfter(headers.get("retry-after"), clock()) };
  }
  if (status >= 500) {
    await response.body?.cancel();
    return failed({ cause: "status", status });
  }
  if (status !== 200 && status !== 202) return { kind: "refused", message: await refusalMessage(response) };
  await response.body?.cancel();
  return { kind: "accepted" };
}

const failed = (failure: RequestFailure): DispatchOutcome => ({ kind: "failed", failure, message: messageOf(failure) });

function messageOf(failure: RequestFailure): string {
  switch (failure.cause) {
    case "status":
      return `The job service returned HTTP ${failure.status}. The Worker retries automatically.`;
    case "timeout":
      return `The job service did not respond within ${TIMEOUT_MS / 1_000} seconds. The Worker retries automatically.`;
    default:
      return "The job service could not be reached. The Worker retries automatically.";
  }
}

async function dispatchOf(job: Job, deps: DispatchDeps): Promise<Dispatch> {
  const { blobs, signer, signUrl, kinds, issuer, leaseMs } = deps;
  const work = v.parse(StoredWork, job.work);
  const reportClaims = { sub: job.id, attempt: job.attempt, tenant: job.tenantId };
  const inputOf = async ({ key, sha256 }: StoredFile) => ({ url: await signUrl(key, job.deadlineAt), sha256 });
  const checkpoint = job.checkpointKey === null ? undefined : await blobs.info(job.tenantId, job.checkpointKey);
  return {
    jobId: job.id,
    tenantId: job.tenantId,
    attempt: job.attempt,
    work: await kindOf(kinds, work).dispatched(work, inputOf),
    ...(checkpoint && job.checkpointStep
      ? { checkpoint: { ...(await inputOf(checkpoint)), step: job.checkpointStep } }
      : {}),
    reports: {
      url: `${issuer}/jobs/${job.id}/reports`,
      token: await signer.sign(
        AUDIENCES.report,
        reportClaims,
        new Date(job.deadlineAt.getTime() + REPORT_TOKEN_GRACE_MS),
      ),
    },
    leaseSeconds: leaseMs / 1_000,
    deadline: job.deadlineAt.getTime(),
  };
}

const BUSY_MS = { default: 5_000, min: 1_000, max: 3_600_000 };

/** The delay that a Retry-After header asks for, in milliseconds. RFC 9110, section 10.2.3: seconds or a date. */
export function retryAfter(header: string | null, now: number): number {
  const ms = /^\d+$/.test(header ?? "") ? Number(header) * 1_000 : Date.parse(header ?? "") - now;
  return Number.isNaN(ms) ? BUSY_MS.default : Math.min(BUSY_MS.max, Math.max(BUSY_MS.min, ms));
}

const MAX_ERROR_BYTES = 4_096;
const MAX_ERROR_CHARACTERS = 300;
const ErrorBody = v.pipe(v.string(), v.parseJson(), v.object({ error: v.string() }));

async function refusalMessage(response: Response): Promise<string> {
  const bytes = response.body ? await readAtMost(response.body, MAX_ERROR_BYTES).catch(() => undefined) : undefined;
  const body = v.safeParse(ErrorBody, new TextDecoder().decode(bytes));
  const reason = body.success ? ` Its error: ${body.output.error.slice(0, MAX_ERROR_CHARACTERS)}` : "";
  return response.status === 401 || response.status === 403
    ? `The job service did not accept this Worker's token (HTTP ${response.status}). Start the job service with the Worker's SEMBLANCE_ISSUER, then start the job again.${reason}`
    : `The job service refused the job (HTTP ${response.status}). Correct the input or check the log of the job service, then start the job again.${reason}`;
}
