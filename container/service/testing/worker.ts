import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import * as v from "valibot";
import type { Dispatch, Work } from "../../../schema/protocol/dispatch.ts";
import { ARTIFACTS, type Artifact, HEADERS, Report } from "../../../schema/protocol/report.ts";
import { ALGORITHM, AUDIENCES } from "../../../schema/protocol/tokens.ts";

const sha256 = (bytes: Uint8Array, encoding: "hex" | "base64" = "hex") =>
  createHash("sha256").update(bytes).digest(encoding);

/** The valid requests that the service sent for one attempt, in order of arrival, and the faults of the invalid ones. */
interface ReceivedCallbacks {
  reports: Report[];
  artifacts: { artifact: Artifact; sequence: number; step: number; contentType: string; bytes: Buffer }[];
  /** Sequence numbers of all reports and artifacts. */
  sequences: number[];
  /** Why requests were refused. */
  faults: string[];
}

/** An HTTP server on loopback that does the Worker's part: it serves keys and inputs, and receives reports and artifacts. */
export interface PeerWorker {
  issuer: string;
  /** Serves a file, and returns the input for a dispatch. */
  store(bytes: Uint8Array): { url: string; sha256: string };
  dispatch(work: Work, more?: Partial<Dispatch>): Dispatch;
  /** Signs a job token for these bytes as the Worker does. `claims` replace the default claims. */
  sign(body: string, dispatch: Pick<Dispatch, "jobId" | "attempt">, claims?: JWTPayload, kid?: string): Promise<string>;
  received(jobId: string, attempt?: number): ReceivedCallbacks;
  /** From now on, acknowledgements for this job have `stop`. */
  stop(jobId: string): void;
  /** While this is true, all connections are closed. */
  isDown: boolean;
  /** While this is true, requests are received, but connections are closed before the response. */
  dropsResponses: boolean;
  /** The paths of all requests. */
  requestedPaths: string[];
  close(): Promise<void>;
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** The default tenant of a dispatch. */
const TENANT = `tenant_${"0".repeat(26)}`;
let jobs = 0;
const newJobId = () => `job_${"0".repeat(24)}${ALPHABET[Math.floor(jobs / 32)]}${ALPHABET[jobs++ % 32]}`;

export async function startPeerWorker(): Promise<PeerWorker> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
  const jwk = { ...(await exportJWK(publicKey)), kid: "first", use: "sig", alg: ALGORITHM };
  const files = new Map<string, Uint8Array>();
  const receivedByAttempt = new Map<string, ReceivedCallbacks>();
  const stopped = new Set<string>();
  const peer = { isDown: false, dropsResponses: false, requestedPaths: [] as string[] };

  const server = createServer((request, response) => {
    if (peer.isDown) return void request.socket.destroy();
    void answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    peer.requestedPaths.push(path);
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (path === "/.well-known/jwks.json") return void json(200, { keys: [jwk] });
    const file = files.get(path);
    if (file) return void response.writeHead(200).end(file);
    const [, jobId, attempt, artifact] = /^\/jobs\/(job_\w+)\/(\d+)\/reports(?:\/(\w+))?$/.exec(path) ?? [];
    if (!jobId || !attempt) return void json(404, { error: "Not found." });

    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (peer.isDown) return void request.socket.destroy();
    const fault = receive(request, Buffer.concat(parts), received(jobId, Number(attempt)), artifact);
    if (fault) {
      received(jobId, Number(attempt)).faults.push(fault);
      return void json(422, { error: fault });
    }
    if (peer.dropsResponses) return void request.socket.destroy();
    json(200, { stop: stopped.has(jobId) });
  }

  function receive(
    { method, headers }: IncomingMessage,
    body: Buffer,
    callbacks: ReceivedCallbacks,
    name: string | undefined,
  ) {
    if (headers.authorization !== "Bearer report-token") return "The report token is missing.";
    if (headers["content-digest"] !== `sha-256=:${sha256(body, "base64")}:`)
      return "Content-Digest does not match the body.";
    if (Number(headers["content-length"]) !== body.length) return "Content-Length is missing or wrong.";
    if (name === undefined) {
      const read = v.safeParse(Report, JSON.parse(body.toString()));
      if (method !== "POST" || !read.success) return "Invalid report.";
      if (read.output.event === "succeeded") {
        const { kind, ...hashes } = read.output.delivered;
        for (const [artifact, hash] of Object.entries(hashes))
          if (
            typeof hash === "string" &&
            !callbacks.artifacts.some((put) => put.artifact === artifact && sha256(put.bytes) === hash)
          )
            return `The ${artifact} of ${kind} was not put before the report.`;
      }
      if (isOld(callbacks, read.output.sequence)) return undefined;
      callbacks.sequences.push(read.output.sequence);
      callbacks.reports.push(read.output);
      return undefined;
    }
    const artifact = name as Artifact;
    const { types, maxBytes } = ARTIFACTS[artifact];
    const contentType = headers["content-type"] ?? "";
    if (method !== "PUT" || !(types as readonly string[]).includes(contentType) || body.length > maxBytes)
      return `Invalid ${artifact}.`;
    const number = (header: string) => Number(headers[header] ?? 0);
    const sequence = number(HEADERS.sequence);
    if (contentType.startsWith("image/") && !(number(HEADERS.width) > 0 && number(HEADERS.height) > 0))
      return "The headers for width and height are missing.";
    if (isOld(callbacks, sequence)) return undefined;
    callbacks.sequences.push(sequence);
    callbacks.artifacts.push({ artifact, sequence, step: number(HEADERS.step), contentType, bytes: body });
    return undefined;
  }

  /** A request that is repeated or comes late changes nothing. */
  const isOld = ({ sequences }: ReceivedCallbacks, sequence: number) => sequence <= (sequences.at(-1) ?? 0);

  function received(jobId: string, attempt = 1): ReceivedCallbacks {
    const id = `${jobId}/${attempt}`;
    const empty: ReceivedCallbacks = { reports: [], artifacts: [], sequences: [], faults: [] };
    if (!receivedByAttempt.has(id)) receivedByAttempt.set(id, empty);
    return receivedByAttempt.get(id)!;
  }

  return Object.assign(peer, {
    issuer,
    store(bytes: Uint8Array) {
      const path = `/blobs/${sha256(bytes)}`;
      files.set(path, bytes);
      return { url: `${issuer}${path}`, sha256: sha256(bytes) };
    },
    dispatch(work: Work, more: Partial<Dispatch> = {}): Dispatch {
      const jobId = more.jobId ?? newJobId();
      const attempt = more.attempt ?? 1;
      return {
        jobId,
        tenantId: TENANT,
        attempt,
        work,
        reports: { url: `${issuer}/jobs/${jobId}/${attempt}/reports`, token: "report-token" },
        leaseSeconds: 6,
        deadline: Date.now() + 600_000,
        ...more,
      };
    },
    sign: (
      body: string,
      { jobId, attempt }: Pick<Dispatch, "jobId" | "attempt">,
      claims: JWTPayload = {},
      kid = "first",
    ) =>
      new SignJWT({
        iss: issuer,
        aud: AUDIENCES.job,
        exp: Math.floor(Date.now() / 1000) + 600,
        ...{ sub: jobId, attempt, digest: sha256(Buffer.from(body)) },
        ...claims,
      })
        .setProtectedHeader({ alg: ALGORITHM, kid })
        .sign(privateKey),
    received,
    stop: (jobId: string) => void stopped.add(jobId),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
