import type { Client } from "../../cli/client.ts";
import { subscribe } from "../../client/src/subscribe.ts";
import { photograph } from "./people.ts";

/** The fields of a job that tests select. */
export interface JobAnswer {
  id: string;
  kind: string;
  state: string;
  attempt: number;
  progress: number;
  step: number;
  steps: number;
  losses: { step: number; total: number }[];
  preview: ImageAnswer | null;
  result: ImageAnswer | null;
  style: { id: string; name: string; modelId: string } | null;
  error: string | null;
  dispatchError: string | null;
  webhookError: string | null;
  webhookDeliveredAt: string | null;
  provider: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}
interface ImageAnswer {
  url: string;
  width: number;
  height: number;
  sha256: string;
}
export interface JobOutcome {
  __typename: string;
  message?: string;
  reason?: string;
  limit?: number;
  job: JobAnswer;
}

const IMAGE = "{ url width height contentType sha256 expiresAt }";
const JOB = /* GraphQL */ `{
  id kind state attempt progress step steps losses { step total content style } preview ${IMAGE} result ${IMAGE}
  style { id name modelId } error dispatchError webhookError webhookDeliveredAt provider createdAt startedAt finishedAt
}`;
const PROBLEM = "... on Problem { message } ... on BadImage { reason }";

const start = (mutation: string, input: string) => /* GraphQL */ `
  mutation Start($input: ${input}!) {
    started: ${mutation}(input: $input) { __typename ... on JobStarted { job ${JOB} } ... on TooManyJobs { limit } ${PROBLEM} }
  }`;
const OPTIMIZE = start("optimizeStyle", "OptimizeStyleInput");
const TRAIN = start("trainStyle", "TrainStyleInput");
const CANCEL = /* GraphQL */ `
  mutation Cancel($id: ID!) {
    canceled: cancelJob(id: $id) { __typename ... on JobCanceled { job ${JOB} } ... on Problem { message } }
  }`;
const READ = /* GraphQL */ `query Job($id: ID!) { job(id: $id) ${JOB} }`;
export const WATCH = /* GraphQL */ `subscription Watch($id: ID!) { jobUpdated(id: $id) ${JOB} }`;

export const content = () => photograph("eileen-collins", "1.png");

export const startOptimization = async (api: Client, input: Record<string, unknown> = {}): Promise<JobOutcome> =>
  (
    await api.request<{ started: JobOutcome }>(OPTIMIZE, {
      input: { content: content(), styles: [{ source: { styleId: "udnie" } }], steps: 10, ...input },
    })
  ).started;

export const startTraining = async (api: Client, input: Record<string, unknown> = {}): Promise<JobOutcome> =>
  (await api.request<{ started: JobOutcome }>(TRAIN, { input: { name: "mine", style: content(), ...input } })).started;

export const cancel = async (api: Client, id: string): Promise<JobOutcome> =>
  (await api.request<{ canceled: JobOutcome }>(CANCEL, { id })).canceled;

export const readJob = async (api: Client, id: string): Promise<JobAnswer> =>
  (await api.request<{ job: JobAnswer }>(READ, { id })).job;

/** Reads a job repeatedly until `isReached` returns true. Throws after `seconds`. */
export async function waitForJob(
  api: Client,
  id: string,
  isReached: (job: JobAnswer) => boolean,
  seconds = 30,
): Promise<JobAnswer> {
  for (const end = Date.now() + seconds * 1_000; ; await new Promise((later) => setTimeout(later, 100))) {
    const job = await readJob(api, id);
    if (isReached(job)) return job;
    if (Date.now() > end) throw new Error(`The job is ${job.state} in attempt ${job.attempt}: ${job.error}`);
  }
}

export const waitForState = (api: Client, id: string, state: string, seconds?: number) =>
  waitForJob(api, id, (job) => job.state === state, seconds);

/** The updates of a subscription, until it ends or the signal aborts. */
export async function* watch(api: Client, id: string, signal: AbortSignal): AsyncGenerator<JobAnswer> {
  const events = await subscribe<{ jobUpdated: JobAnswer }, { id: string }>(api, WATCH, { id }, signal);
  for await (const { jobUpdated } of events!) yield jobUpdated;
}
