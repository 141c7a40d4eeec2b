import { request } from "node:http";
import { Readable } from "node:stream";

/** The result of a hostile request. */
export interface HostileResponse {
  /** The HTTP status with the error's code, or with the first field's type and reason: "200 BadImage CORRUPT". */
  outcome: string;
  /** Bytes of the body that were sent before the answer arrived. */
  sent: number;
  millis: number;
}

/** A request without an answer after this time counts as unanswered. */
const TIMEOUT_MS = 30_000;

export interface HostileRequest {
  headers?: Record<string, string>;
  /** Complete, or in pieces that are sent as fast as the server accepts them. Without a content-length header the transfer is chunked. */
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** After this time the client closes the connection. */
  disconnectAfterMs?: number;
  timeoutMs?: number;
  path?: string;
}

/**
 * Sends a request that no ordinary client would send. The body is written unchanged, and the answer can arrive before the body ends.
 * The promise never rejects: a broken connection and a missing answer are outcomes.
 */
export function sendHostile(
  url: string,
  { headers = {}, body = "", disconnectAfterMs, timeoutMs = TIMEOUT_MS, path = "/graphql" }: HostileRequest,
): Promise<HostileResponse> {
  const start = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    let settled = false;
    const settle = (outcome: string) => {
      if (settled) return;
      settled = true;
      clearTimeout(timeout);
      clearTimeout(disconnectTimer);
      resolve({ outcome, sent, millis: performance.now() - start });
      outgoing.destroy();
    };
    const timeout = setTimeout(() => settle(`no answer in ${timeoutMs / 1_000} s`), timeoutMs);
    const disconnectTimer =
      disconnectAfterMs === undefined ? undefined : setTimeout(() => settle("client disconnected"), disconnectAfterMs);
    const outgoing = request(
      new URL(path, url),
      { method: "POST", agent: false, headers: { "content-type": "application/json", ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        const settleWithAnswer = (text: string) => settle(outcomeOf(response.statusCode ?? 0, text));
        response.on("data", (chunk) => {
          chunks.push(chunk);
          // The answer can be complete while the server still waits for the rest of the body.
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode !== 200 && isJson(text)) settleWithAnswer(text);
        });
        response.on("end", () => settleWithAnswer(Buffer.concat(chunks).toString()));
        response.on("error", () => settle("connection broken"));
      },
    );
    outgoing.on("error", () => {
      // If the server answers early and closes the connection, the rest of the body cannot be sent. The answer can still arrive.
      setTimeout(() => settle("connection broken"), 200);
    });
    if (typeof body === "string" || body instanceof Uint8Array) {
      sent = Buffer.byteLength(body);
      outgoing.end(body);
      return;
    }
    const pieces = Readable.from(countSentBytes(body));
    outgoing.on("close", () => pieces.destroy());
    pieces.pipe(outgoing);

    async function* countSentBytes(stream: AsyncIterable<Uint8Array>) {
      for await (const piece of stream) {
        sent += piece.length;
        yield piece;
      }
    }
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface GraphQLBody {
  data?: Record<string, unknown> | null;
  errors?: { extensions?: { code?: string } }[];
}

/** The outcome of a complete answer. */
function outcomeOf(status: number, text: string): string {
  let body: GraphQLBody;
  try {
    body = JSON.parse(text) as GraphQLBody;
  } catch {
    return String(status);
  }
  const code = body?.errors?.[0]?.extensions?.code;
  if (code) return `${status} ${code}`;
  const [answer] = Object.values(body?.data ?? {});
  if (typeof answer !== "object" || answer === null) return String(status);
  const { __typename, reason } = answer as { __typename?: string; reason?: string };
  return [status, __typename, reason].filter((part) => part !== undefined).join(" ");
}
