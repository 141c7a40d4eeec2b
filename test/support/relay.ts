import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that the relay received. */
export interface RelayedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Forwards the request, unchanged or with another body, and returns the answer. */
  forward(body?: Uint8Array): Promise<Answer>;
  /** Forwards half of the body, waits, calls `beforeAbort`, and breaks the connection. */
  abortMidway(beforeAbort?: () => void): Promise<"lost">;
}
interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** `lost`: the sender gets no answer, and its connection breaks. */
export type RelayResult = Answer | "lost";

const LIMIT_MS = 60_000;
/** Time until the Worker has received the half body. */
const DELIVERY_MS = 100;

/** An HTTP relay to a Worker. A test uses it to simulate network faults. */
export async function startRelay() {
  const relay = {
    url: "",
    /** URL of the Worker. */
    target: "",
    /** Handles a request. Default: forwards it. */
    onRequest: (relayed: RelayedRequest): Promise<RelayResult> => relayed.forward(),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((closed) => server.close(() => closed()));
    },
  };
  const server = createServer((incoming, response) => void relayRequest(incoming, response));
  async function relayRequest(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const result = await relay.onRequest(await readRequest(incoming, relay.target));
      if (result === "lost") response.destroy();
      else response.writeHead(result.status, endToEndHeaders(result.headers)).end(result.body);
    } catch {
      // The Worker cannot be reached.
      response.destroy();
    }
  }
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  relay.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return relay;
}

async function readRequest(incoming: IncomingMessage, target: string): Promise<RelayedRequest> {
  const { method = "GET", url: path = "/" } = incoming;
  const headers = endToEndHeaders(new Headers(incoming.headers as Record<string, string>));
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return {
    method,
    path,
    headers,
    body,
    async forward(other) {
      const response = await fetch(new URL(path, target), {
        method,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(LIMIT_MS),
        ...(method === "GET" || method === "HEAD" ? {} : { body: new Uint8Array(other ?? body) }),
      });
      return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
    },
    abortMidway: (meanwhile = () => {}) =>
      new Promise((lost) => {
        const sending = request(new URL(path, target), {
          method,
          headers: { ...headers, "content-length": body.length },
        });
        sending.on("error", () => {}).on("close", () => lost("lost"));
        sending.write(body.subarray(0, body.length / 2));
        setTimeout(() => {
          meanwhile();
          sending.destroy();
        }, DELIVERY_MS);
      }),
  };
}

/** End-to-end headers, without those of the connection. RFC 9110, section 7.6.1. */
function endToEndHeaders(headers: Headers): Record<string, string> {
  const ofTheConnection = [
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "content-encoding",
    "host",
  ];
  return Object.fromEntries([...headers].filter(([name]) => !ofTheConnection.includes(name)));
}
