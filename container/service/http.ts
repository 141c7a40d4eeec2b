import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import { Dispatch } from "../../schema/protocol/dispatch.ts";
import type { Provider } from "../engine/provider.ts";
import type { Authorize } from "./authorize.ts";
import { withinIssuer } from "./inputs.ts";
import { type Log, reasonOf } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Queue } from "./queue.ts";

export interface HttpTools {
  issuer: string;
  authorize: Authorize;
  queue: Queue;
  metrics: Metrics;
  log: Log;
  /** What is told of this service at /healthz. */
  about: { provider: Provider; concurrency: number; mostWaiting: number };
}

/** A dispatch with twenty faces and five addresses takes about 8 KB. */
const MOST_BYTES = 64 * 1024;
/** Seconds after which it is worth asking again. A turn takes half a minute or more; who asks sooner is in nobody's way. */
const BUSY_S = 5;
/** Another service, or this one anew, takes its place by then. */
const DRAINING_S = 10;
const NO_KEYS_S = 2;

interface Answer {
  status: ContentfulStatusCode;
  error?: string;
  retryAfter?: number;
  jobId?: string;
  attempt?: number;
  kind?: string;
}

/** POST /jobs, GET /healthz, GET /metrics. */
export function createHttp({ issuer, authorize, queue, metrics, log, about }: HttpTools): Hono {
  const Message = v.pipe(v.string(), v.parseJson(), Dispatch, withinIssuer(issuer));
  const app = new Hono();

  app.post(
    "/jobs",
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: (c) =>
        c.json({ error: `The message has more than ${MOST_BYTES} bytes.` }, answered({ status: 413 }).status),
    }),
    async (c) => {
      const body = new Uint8Array(await c.req.arrayBuffer());
      const { status, error, retryAfter } = answered(await take(c.req.header("authorization"), body));
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

  app.notFound((c) => c.json({ error: "There is POST /jobs, GET /healthz and GET /metrics." }, 404));
  app.onError((error, c) => {
    log("error", { event: "fault", reason: reasonOf(error) });
    return c.json({ error: "Something went wrong here. Send it again." }, 500);
  });
  return app;

  /** The message is not looked at before its token is good for it. */
  async function take(authorization: string | undefined, body: Uint8Array): Promise<Answer> {
    const authority = await authorize(authorization, body);
    switch (authority.kind) {
      case "refused":
        return { status: 401, error: authority.error };
      case "unknown":
        return {
          status: 503,
          retryAfter: NO_KEYS_S,
          error:
            "The issuer's keys cannot be fetched. Is SEMBLANCE_ISSUER its address, and can it be reached from here?",
        };
      case "authorized":
        return offer(authority, body);
      default:
        return authority satisfies never;
    }
  }

  function offer(
    { jobId, attempt, goodUntil }: { jobId: string; attempt: number; goodUntil: number },
    body: Uint8Array,
  ): Answer {
    const read = v.safeParse(Message, new TextDecoder().decode(body));
    if (!read.success) {
      const [issue] = read.issues;
      return { status: 400, jobId, attempt, error: `${v.getDotPath(issue) ?? "The message"}: ${issue.message}` };
    }
    const dispatch = read.output;
    if (dispatch.jobId !== jobId || dispatch.attempt !== attempt)
      return { status: 401, jobId, attempt, error: "The job token is of another job or attempt." };
    const at = { jobId, attempt, kind: dispatch.work.kind };
    const offered = queue.offer(dispatch, goodUntil);
    switch (offered) {
      case "accepted":
        return { status: 202, ...at };
      case "known":
        return { status: 200, ...at };
      case "superseded":
        return { status: 409, ...at, error: "A newer attempt of this job was accepted." };
      case "full":
        return { status: 429, ...at, retryAfter: BUSY_S, error: "As many jobs wait as may. Send it again later." };
      case "draining":
        return {
          status: 503,
          ...at,
          retryAfter: DRAINING_S,
          error: "The service is about to end. Send it again later.",
        };
      default:
        return offered satisfies never;
    }
  }

  function answered(answer: Answer): Answer {
    const { status, jobId, attempt, kind } = answer;
    metrics.dispatched(status);
    const level = status < 300 ? "info" : "warn";
    log(level, { event: "dispatch", status, ...(jobId && { jobId, attempt }), ...(kind && { kind }) });
    return answer;
  }
}
