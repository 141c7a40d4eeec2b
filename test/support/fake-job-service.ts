import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createCanvas } from "@napi-rs/canvas";
import * as v from "valibot";
import { Dispatch } from "../../schema/protocol/dispatch.ts";
import { HEADERS, type Report } from "../../schema/protocol/report.ts";

/** A dispatch that the job service received. */
interface ReceivedDispatch {
  dispatch: Dispatch;
  body: string;
  token: string;
}

type Answer = { status: number; headers?: Record<string, string>; body?: string };

/** A job service on this machine that a test controls. It is a real HTTP server that speaks the protocol. */
export interface FakeJobService {
  url: string;
  /** All accepted dispatches, in order. */
  received: ReceivedDispatch[];
  /** Decides the response to a dispatch. Default: 202. */
  respond: (handed: ReceivedDispatch) => Answer | Promise<Answer>;
  /** Waits until an attempt of a job is dispatched. Default: the first attempt. */
  waitForAttempt(jobId: string, attempt?: number): Promise<Attempt>;
  close(): Promise<void>;
}

const WAIT_MS = 30_000;

/** `port`: default a free one. */
export async function startFakeJobService(port = 0): Promise<FakeJobService> {
  const waiting = new Set<() => void>();
  const service: FakeJobService = {
    url: "",
    received: [],
    respond: () => ({ status: 202 }),
    async waitForAttempt(jobId, attempt = 1) {
      for (const end = Date.now() + WAIT_MS; Date.now() < end; ) {
        const found = service.received.find(({ dispatch: d }) => d.jobId === jobId && d.attempt === attempt);
        if (found) return new Attempt(found.dispatch);
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
          setTimeout(resolve, 1_000);
        });
      }
      throw new Error(`Attempt ${attempt} of the job was not dispatched.`);
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  const server = createServer((request, response) => void handleDispatch(request, response));
  async function handleDispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const handed = { dispatch: v.parse(Dispatch, JSON.parse(body)), body, token };
    const { status, headers, body: responseBody } = await service.respond(handed);
    if (status < 300) service.received.push(handed);
    response.writeHead(status, headers).end(responseBody);
    for (const wake of waiting) wake();
    waiting.clear();
  }
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
}

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

type WithoutSequence<R> = R extends Report ? Omit<R, "sequence"> : never;
type ReportResponse = { status: number; stop?: boolean; error?: string };

/** One attempt of a job, with the reports that the service sends. */
export class Attempt {
  readonly dispatch: Dispatch;
  sequence = 0;

  constructor(dispatch: Dispatch) {
    this.dispatch = dispatch;
  }

  report(report: WithoutSequence<Report>, over: Overrides = {}): Promise<ReportResponse> {
    const sequence = over.sequence ?? ++this.sequence;
    return this.send("POST", "", Buffer.from(JSON.stringify({ ...report, sequence })), "application/json", over);
  }

  running(step: number, steps = 10, over: Overrides = {}): Promise<ReportResponse> {
    const losses = [[step, 1 / step, 0.5 / step, 0.5 / step]] satisfies [number, number, number, number][];
    return this.report({ event: "running", step, steps, provider: "cpu", losses }, over);
  }

  /** Delivers an artifact. Default: a JPEG of 64 × 48 pixels. */
  put(artifact: string, bytes: Uint8Array = picture(), over: Overrides = {}): Promise<ReportResponse> {
    const headers = {
      [HEADERS.sequence]: String(over.sequence ?? ++this.sequence),
      [HEADERS.step]: "5",
      ...(artifact === "net" ? {} : { [HEADERS.width]: "64", [HEADERS.height]: "48" }),
    };
    const type =
      artifact === "net" ? "application/octet-stream" : artifact === "checkpoint" ? "image/png" : "image/jpeg";
    return this.send("PUT", `/${artifact}`, bytes, type, { ...over, headers: { ...headers, ...over.headers } });
  }

  /** Delivers a result and reports success. */
  async succeed(bytes = picture(), over: Overrides = {}): Promise<ReportResponse> {
    await this.put("result", bytes, over);
    return this.report({ ...DONE, delivered: { kind: "optimizeStyle", result: sha256(bytes) } }, over);
  }

  async send(
    method: string,
    path: string,
    body: Uint8Array,
    contentType: string,
    over: Overrides = {},
  ): Promise<ReportResponse> {
    const { url, token } = this.dispatch.reports;
    const response = await fetch((over.url ?? url) + path, {
      method,
      signal: AbortSignal.timeout(WAIT_MS),
      headers: {
        authorization: `Bearer ${over.token ?? token}`,
        "content-type": contentType,
        "content-digest": `sha-256=:${createHash("sha256").update(body).digest("base64")}:`,
        ...over.headers,
      },
      body: new Uint8Array(body),
    });
    return { status: response.status, ...((await response.json()) as object) };
  }
}

/** The parts of a report that a test changes. */
export interface Overrides {
  sequence?: number;
  token?: string;
  url?: string;
  headers?: Record<string, string>;
}

export const DONE = { event: "succeeded", step: 10, steps: 10 } as const;

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

export function picture(width = 64, height = 48, type: "image/jpeg" | "image/png" = "image/jpeg", color = "teal") {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = color;
  context.fillRect(0, 0, width, height);
  return type === "image/png" ? canvas.toBuffer("image/png") : canvas.toBuffer("image/jpeg");
}
