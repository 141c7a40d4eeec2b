import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import { Dispatch } from "../../schema/protocol/dispatch.ts";
import type { Provider } from "../engine/provider.ts";
import type { Authorize } from "./authorize.ts";
import { onlyIssuerUrls } from "./inputs.ts";
import { type Log, reasonOf } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Queue } from "./queue.ts";

export interface HttpTools {
  issuer: string;
  authorize: Authorize;
  queue: Queue;
  metrics: Metrics;
  log: Log;
  /** Part of the response of /healthz. */
  about: { provider: Provider; concurrency: number; mostWaiting: number };
}

/** A dispatch with twenty faces and five URLs takes about 8 KB. */
const MAX_BODY_BYTES = 64 * 1024;
/** Values of Retry-After, in seconds. A job takes half a minute or more, but an earlier retry costs almost nothing. */
const QUEUE_FULL_RETRY_S = 5;
/** The service has restarted, or another one has replaced it, by then. */
const DRAINING_RETRY_S = 10;
const NO_KEYS_RETRY_S = 2;

interface DispatchResponse {
  status: ContentfulStatusCode;
  error?: string;
  retryAfter?: number;
  jobId?: string;
  attempt?: number;
  kind?: string;
}

/** POST /jobs, GET /healthz, GET /metrics. */
export function createHttp({ issuer, authorize, queue, metrics, log, about }: HttpTools): Hono {
  const DispatchBody = v.pipe(v.string(), v.parseJson(), Dispatch, onlyIssuerUrls(issuer));
  const app = new Hono();

  app.post(
    "/jobs",
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) =>
        c.json(
          { error: `The request body is larger than the limit of ${MAX_BODY_BYTES} bytes.` },
          recordResponse({ status: 413 }).status,
        ),
    }),
    async (c) => {
      const body = new Uint8Array(await c.req.arrayBuffer());
      const { status, error, retryAfter } = recordResponse(await handleDispatch(c.req.header("authorization"), body));
      if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
      return c.json(error === undefined ? {} : { error }, status);
    },
  );

  app.get("/healthz", (c) => {
    const jobs = queue.jobs();
    const running = jobs.filter(({ state }) => state === "running").length;
    const { draining } = queue;
    return c.json({ ...about, running, waiting: jobs.length - running, draining }, draining ? 503 : 200);
  });

  app.get("/metrics", async (c) => c.body(await metrics.text(), 200, { "content-type": metrics.contentType }));

  app.notFound((c) => c.json({ error: "Not found. The routes are POST /jobs, GET /healthz and GET /metrics." }, 404));
  app.onError((error, c) => {
    log("error", { event: "fault", reason: reasonOf(error) });
    return c.json({ error: "Internal error in the job service. Send the request again." }, 500);
  });
  return app;

  /** Verifies the token before it parses the body. */
  async function handleDispatch(authorization: string | undefined, body: Uint8Array): Promise<DispatchResponse> {
    const authorized = await authorize(authorization, body);
    switch (authorized.kind) {
      case "refused":
        return { status: 401, error: authorized.error };
      case "keysUnavailable":
        return {
          status: 503,
          retryAfter: NO_KEYS_RETRY_S,
          error:
            "The issuer's keys cannot be fetched. Check that SEMBLANCE_ISSUER is the Worker's URL and reachable from here.",
        };
      case "authorized":
        return enqueue(authorized, body);
      default:
        return authorized satisfies never;
    }
  }

  function enqueue(
    { jobId, attempt, expiresAt }: { jobId: string; attempt: number; expiresAt: number },
    body: Uint8Array,
  ): DispatchResponse {
    const read = v.safeParse(DispatchBody, new TextDecoder().decode(body));
    if (!read.success) {
      const [issue] = read.issues;
      return { status: 400, jobId, attempt, error: `${v.getDotPath(issue) ?? "The request body"}: ${issue.message}` };
    }
    const dispatch = read.output;
    if (dispatch.jobId !== jobId || dispatch.attempt !== attempt)
      return { status: 401, jobId, attempt, error: "The job token is for another job or attempt." };
    const ids = { jobId, attempt, kind: dispatch.work.kind };
    const result = queue.offer(dispatch, expiresAt);
    switch (result) {
      case "accepted":
        return { status: 202, ...ids };
      case "duplicate":
        return { status: 200, ...ids };
      case "superseded":
        return { status: 409, ...ids, error: "A newer attempt of this job was accepted." };
      case "full":
        return {
          status: 429,
          ...ids,
          retryAfter: QUEUE_FULL_RETRY_S,
          error: "The job queue is full. Try again later.",
        };
      case "draining":
        return {
          status: 503,
          ...ids,
          retryAfter: DRAINING_RETRY_S,
          error: "The job service is shutting down. Try again later.",
        };
      default:
        return result satisfies never;
    }
  }

  function recordResponse(response: DispatchResponse): DispatchResponse {
    const { status, jobId, attempt, kind } = response;
    metrics.dispatched(status);
    const level = status < 300 ? "info" : "warn";
    log(level, { event: "dispatch", status, ...(jobId && { jobId, attempt }), ...(kind && { kind }) });
    return response;
  }
}
