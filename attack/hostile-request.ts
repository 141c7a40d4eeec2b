import { request } from "node:http";
import { Readable } from "node:stream";

/** What came back. */
export interface Came {
  /** The HTTP status with the error's code, or with the type of the first field's answer and its reason: "200 BadImage CORRUPT". */
  outcome: string;
  /** Bytes of the body that had been sent when the answer came. */
  sent: number;
  millis: number;
}

/** A request without an answer by then counts as unanswered. */
const LIMIT_MS = 30_000;

export interface HostileRequest {
  headers?: Record<string, string>;
  /** Whole, or in pieces that are sent as the server takes them. Without a content-length header they go in chunks. */
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Milliseconds after which this client breaks the connection. */
  leaveAfter?: number;
  limitMs?: number;
  path?: string;
}

/**
 * Posts what no ordinary client would: the body is written as it is given, and the answer may come before the body has ended.
 * Never rejects: a broken connection and a missing answer are outcomes.
 */
export function sendHostile(
  url: string,
  { headers = {}, body = "", leaveAfter, limitMs = LIMIT_MS, path = "/graphql" }: HostileRequest,
): Promise<Came> {
  const start = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    let settled = false;
    const settle = (outcome: string) => {
      if (settled) return;
      settled = true;
      clearTimeout(limit);
      clearTimeout(leaving);
      resolve({ outcome, sent, millis: performance.now() - start });
      outgoing.destroy();
    };
    const limit = setTimeout(() => settle(`no answer in ${limitMs / 1_000} s`), limitMs);
    const leaving = leaveAfter === undefined ? undefined : setTimeout(() => settle("left"), leaveAfter);
    const outgoing = request(
      new URL(path, url),
      { method: "POST", agent: false, headers: { "content-type": "application/json", ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        const settleWith = (text: string) => settle(outcomeOf(response.statusCode ?? 0, text));
        response.on("data", (chunk) => {
          chunks.push(chunk);
          // The answer may be there while the server still waits for the rest of the body.
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode !== 200 && isJson(text)) settleWith(text);
        });
        response.on("end", () => settleWith(Buffer.concat(chunks).toString()));
        response.on("error", () => settle("connection broken"));
      },
    );
    outgoing.on("error", () => {
      // Where the server answers early and closes, the rest of the body cannot be sent; the answer may still be on its way.
      setTimeout(() => settle("connection broken"), 200);
    });
    if (typeof body === "string" || body instanceof Uint8Array) {
      sent = Buffer.byteLength(body);
      outgoing.end(body);
      return;
    }
    const pieces = Readable.from(counted(body));
    outgoing.on("close", () => pieces.destroy());
    pieces.pipe(outgoing);

    async function* counted(stream: AsyncIterable<Uint8Array>) {
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

/** The outcome of a whole answer. */
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
