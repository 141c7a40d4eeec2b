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

/** What the service told of one attempt, in the order in which it came; as the Worker, it takes nothing that it should not. */
interface Heard {
  reports: Report[];
  artifacts: { artifact: Artifact; sequence: number; step: number; contentType: string; bytes: Buffer }[];
  /** Sequence numbers of all that came. */
  sequences: number[];
  /** What was wrong with what came. */
  faults: string[];
}

/** A real HTTP peer that does what the Worker does: keys, inputs, reports. */
export interface PeerWorker {
  issuer: string;
  /** Keeps a file, and gives what a dispatch says of it. */
  keep(bytes: Uint8Array): { url: string; sha256: string };
  dispatch(work: Work, more?: Partial<Dispatch>): Dispatch;
  /** Signs as the Worker would, for these bytes, unless `claims` say otherwise. */
  sign(body: string, dispatch: Pick<Dispatch, "jobId" | "attempt">, claims?: JWTPayload, kid?: string): Promise<string>;
  heard(jobId: string, attempt?: number): Heard;
  /** From now on the answer to all that is told of a job is: stop. */
  stop(jobId: string): void;
  /** While it is down, connections are cut. */
  down: boolean;
  /** While it is mute, it hears all that is told of jobs, and connections are cut before it answers. */
  mute: boolean;
  /** Paths that were asked for. */
  asked: string[];
  close(): Promise<void>;
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** Whose jobs these are, unless a dispatch says otherwise. */
const TENANT = `tenant_${"0".repeat(26)}`;
let jobs = 0;
const newJobId = () => `job_${"0".repeat(24)}${ALPHABET[Math.floor(jobs / 32)]}${ALPHABET[jobs++ % 32]}`;

export async function startPeerWorker(): Promise<PeerWorker> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
  const jwk = { ...(await exportJWK(publicKey)), kid: "first", use: "sig", alg: ALGORITHM };
  const files = new Map<string, Uint8Array>();
  const known = new Map<string, Heard>();
  const stopped = new Set<string>();
  const peer = { down: false, mute: false, asked: [] as string[] };

  const server = createServer((request, response) => {
    if (peer.down) return void request.socket.destroy();
    void answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    peer.asked.push(path);
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (path === "/.well-known/jwks.json") return void json(200, { keys: [jwk] });
    const file = files.get(path);
    if (file) return void response.writeHead(200).end(file);
    const [, jobId, attempt, artifact] = /^\/jobs\/(job_\w+)\/(\d+)\/reports(?:\/(\w+))?$/.exec(path) ?? [];
    if (!jobId || !attempt) return void json(404, { error: "There is nothing here." });

    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (peer.down) return void request.socket.destroy();
    const fault = take(request, Buffer.concat(parts), heard(jobId, Number(attempt)), artifact);
    if (fault) {
      heard(jobId, Number(attempt)).faults.push(fault);
      return void json(422, { error: fault });
    }
    if (peer.mute) return void request.socket.destroy();
    json(200, { stop: stopped.has(jobId) });
  }

  function take({ method, headers }: IncomingMessage, body: Buffer, to: Heard, name: string | undefined) {
    if (headers.authorization !== "Bearer report-token") return "It has no report token.";
    if (headers["content-digest"] !== `sha-256=:${sha256(body, "base64")}:`) return "The digest is of something else.";
    if (Number(headers["content-length"]) !== body.length) return "It does not say its length.";
    if (name === undefined) {
      const read = v.safeParse(Report, JSON.parse(body.toString()));
      if (method !== "POST" || !read.success) return "It is no report.";
      if (read.output.event === "succeeded") {
        const { kind, ...hashes } = read.output.delivered;
        for (const [artifact, hash] of Object.entries(hashes))
          if (
            typeof hash === "string" &&
            !to.artifacts.some((one) => one.artifact === artifact && sha256(one.bytes) === hash)
          )
            return `The ${artifact} of ${kind} is not there.`;
      }
      if (isOld(to, read.output.sequence)) return undefined;
      to.sequences.push(read.output.sequence);
      to.reports.push(read.output);
      return undefined;
    }
    const artifact = name as Artifact;
    const { types, maxBytes } = ARTIFACTS[artifact];
    const contentType = headers["content-type"] ?? "";
    if (method !== "PUT" || !(types as readonly string[]).includes(contentType) || body.length > maxBytes)
      return `It is no ${artifact}.`;
    const number = (header: string) => Number(headers[header] ?? 0);
    const sequence = number(HEADERS.sequence);
    if (contentType.startsWith("image/") && !(number(HEADERS.width) > 0 && number(HEADERS.height) > 0))
      return "It does not say its size.";
    if (isOld(to, sequence)) return undefined;
    to.sequences.push(sequence);
    to.artifacts.push({ artifact, sequence, step: number(HEADERS.step), contentType, bytes: body });
    return undefined;
  }

  /** What is older, or repeated, changes nothing. */
  const isOld = ({ sequences }: Heard, sequence: number) => sequence <= (sequences.at(-1) ?? 0);

  function heard(jobId: string, attempt = 1): Heard {
    const id = `${jobId}/${attempt}`;
    const empty: Heard = { reports: [], artifacts: [], sequences: [], faults: [] };
    if (!known.has(id)) known.set(id, empty);
    return known.get(id)!;
  }

  return Object.assign(peer, {
    issuer,
    keep(bytes: Uint8Array) {
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
    heard,
    stop: (jobId: string) => void stopped.add(jobId),
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  });
}
