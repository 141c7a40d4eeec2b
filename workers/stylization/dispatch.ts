import * as v from "valibot";
import { type Dispatch, StoredWork, type Work } from "../../schema/protocol/dispatch.ts";
import { AUDIENCES } from "../../schema/protocol/tokens.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import { readAtMost } from "../platform/read-at-most.ts";
import { failureOf, type RequestFailure } from "../platform/request-failure.ts";
import { sha256 } from "../platform/sha256.ts";
import type { Signer } from "../platform/signing.ts";
import type { Job } from "./jobs.ts";

/** Where jobs are done: `container/server.ts`. */
interface JobService {
  /** Without a slash at its end. */
  url: string;
  fetch: typeof fetch;
}

export interface DispatchTools {
  service: JobService;
  blobs: Blobs;
  signer: Signer;
  /** A blob's signed address, good until then. */
  addressOf: (key: string, until: Date) => Promise<string>;
  clock: Clock;
  /** This Worker's public address. */
  issuer: string;
  leaseMs: number;
}

/** `refused`: it will never be accepted. `failed`: a later try may succeed. `message` is for a person. */
export type Dispatched =
  | { kind: "accepted" }
  | { kind: "busy"; retryMs: number }
  | { kind: "refused"; message: string }
  | { kind: "failed"; failure: RequestFailure; message: string };

const TIME_LIMIT_MS = 30_000;
/** A job token is good for one handing over. */
const TOKEN_MS = 10 * 60_000;
/** A report that is on its way when the job is given up is still told so, rather than that its token has expired. */
const GRACE_MS = 10 * 60_000;

/** Hands the job's present attempt to the service, which takes it once, however often it is handed it. */
export async function dispatch(job: Job, tools: DispatchTools): Promise<Dispatched> {
  const { signer, clock } = tools;
  const { url, fetch } = tools.service;
  const body = JSON.stringify(await dispatchOf(job, tools));
  const claims = { sub: job.id, attempt: job.attempt, digest: await sha256(body) };
  const token = await signer.sign(AUDIENCES.job, claims, new Date(clock() + TOKEN_MS));
  const response = await fetch(`${url}/jobs`, {
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
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
  if (status !== 200 && status !== 202) return { kind: "refused", message: await refusal(response) };
  await response.body?.cancel();
  return { kind: "accepted" };
}

const failed = (failure: RequestFailure): Dispatched => ({ kind: "failed", failure, message: messageOf(failure) });

function messageOf(failure: RequestFailure): string {
  switch (failure.cause) {
    case "status":
      return `The job service answered ${failure.status}. It is asked again.`;
    case "timeout":
      return `The job service did not answer within ${TIME_LIMIT_MS / 1_000} seconds. It is asked again.`;
    default:
      return "The job service could not be reached. It is asked again.";
  }
}

async function dispatchOf(job: Job, { blobs, signer, addressOf, issuer, leaseMs }: DispatchTools): Promise<Dispatch> {
  const reportClaims = { sub: job.id, attempt: job.attempt, tenant: job.tenantId };
  const input = async ({ key, sha256 }: { key: string; sha256: string }) => ({
    url: await addressOf(key, job.deadlineAt),
    sha256,
  });
  const checkpoint = job.checkpointKey === null ? undefined : await blobs.info(job.tenantId, job.checkpointKey);
  return {
    jobId: job.id,
    tenantId: job.tenantId,
    attempt: job.attempt,
    work: await workOf(v.parse(StoredWork, job.work), input),
    ...(checkpoint && job.checkpointStep
      ? { checkpoint: { ...(await input(checkpoint)), step: job.checkpointStep } }
      : {}),
    reports: {
      url: `${issuer}/jobs/${job.id}/reports`,
      token: await signer.sign(AUDIENCES.report, reportClaims, new Date(job.deadlineAt.getTime() + GRACE_MS)),
    },
    leaseSeconds: leaseMs / 1_000,
    deadline: job.deadlineAt.getTime(),
  };
}

type File = { key: string; sha256: string };

async function workOf(
  kept: StoredWork,
  input: (file: File) => Promise<{ url: string; sha256: string }>,
): Promise<Work> {
  switch (kept.kind) {
    case "optimizeStyle": {
      const paintings = kept.paintings.map(async ({ file, weight }) => ({ file: await input(file), weight }));
      return { ...kept, content: await input(kept.content), paintings: await Promise.all(paintings) };
    }
    case "trainStyle":
      return { ...kept, painting: await input(kept.painting) };
    default:
      return kept satisfies never;
  }
}

const BUSY_MS = { usual: 5_000, least: 1_000, most: 3_600_000 };

/** RFC 9110, section 10.2.3: seconds, or a date. */
export function retryAfter(header: string | null, now: number): number {
  const ms = /^\d+$/.test(header ?? "") ? Number(header) * 1_000 : Date.parse(header ?? "") - now;
  return Number.isNaN(ms) ? BUSY_MS.usual : Math.min(BUSY_MS.most, Math.max(BUSY_MS.least, ms));
}

const MOST_SAID_BYTES = 4_096;
const MOST_SAID = 300;
const Said = v.pipe(v.string(), v.parseJson(), v.object({ error: v.string() }));

async function refusal(response: Response): Promise<string> {
  const bytes = response.body ? await readAtMost(response.body, MOST_SAID_BYTES).catch(() => undefined) : undefined;
  const said = v.safeParse(Said, new TextDecoder().decode(bytes));
  const why = said.success ? ` It said: ${said.output.error.slice(0, MOST_SAID)}` : "";
  return response.status === 401 || response.status === 403
    ? `The job service does not trust this Worker (${response.status}). Start it with the Worker's SEMBLANCE_ISSUER, then start the job again.${why}`
    : `The job service refused the job (${response.status}). Change what it objects to, or see its log.${why}`;
}
