import { Hono } from "hono";
import { base64ToUint8Array, uint8ArrayToHex } from "uint8array-extras";
import * as v from "valibot";
import { ARTIFACTS, type Artifact, HEADERS, Report } from "../../schema/protocol/report.ts";
import { AUDIENCES, ReportClaims } from "../../schema/protocol/tokens.ts";
import { PositiveInt } from "../../schema/protocol/values.ts";
import { type ArtifactAck, type ArtifactHeaders, takeArtifact } from "../jobs/take-artifact.ts";
import { type ReportDeps, takeReport } from "../jobs/take-report.ts";
import type { Log } from "../platform/log.ts";
import { readAtMost } from "../platform/read-at-most.ts";
import { sha256 } from "../platform/sha256.ts";
import type { Signer } from "../platform/signing.ts";

export interface CallbackDeps extends ReportDeps {
  signer: Signer;
  log: Log;
}

/** `artifact`: the last segment of the path, if it has one. */
interface Callback {
  jobId: string;
  artifact?: string;
}

/** A report with 2,000 losses takes about 150 KB. */
const MAX_REPORT_BYTES = 2 ** 18;

/** A refused callback: the job service logs the message. */
class Refusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Receives the reports and artifacts of jobs from the job service, in the format of `schema/protocol/report.ts`. */
export function callbackRoutes(deps: CallbackDeps): Hono {
  const routes = new Hono();
  routes.all("/:jobId{[a-z]+_[0-9a-z]{26}}/reports", (c) => receive(c.req.raw, { jobId: c.req.param("jobId") }, deps));
  routes.all("/:jobId{[a-z]+_[0-9a-z]{26}}/reports/:artifact{[a-z]+}", (c) => receive(c.req.raw, c.req.param(), deps));
  return routes;
}

async function receive(request: Request, { jobId, artifact }: Callback, deps: CallbackDeps): Promise<Response> {
  try {
    const expected = artifact === undefined ? "POST" : "PUT";
    if (request.method !== expected) throw new Refusal(405, `Use ${expected}.`, { Allow: expected });
    const { tenant: tenantId, attempt } = await claimsOf(request, jobId, deps);
    const at = { tenantId, jobId };
    return responseTo(
      artifact === undefined
        ? await receiveReport(request, at, attempt, deps)
        : await receiveArtifact(request, at, attempt, artifact, deps),
    );
  } catch (error) {
    if (error instanceof Refusal) {
      await discardBody(request);
      return refused(error.status, error.message, error.headers);
    }
    deps.log("error", { event: "callback.failed", jobId, error });
    return refused(500, "Internal error. Send the callback again.");
  }
}

const refused = (status: number, error: string, headers: Record<string, string> = {}) =>
  Response.json({ error }, { status, headers });

/** The maximum size of a refused body that is read to its end. */
const MAX_DISCARDED_BYTES = 32 * 2 ** 20;

/** Reads the rest of the body. A sender that is still sending would otherwise see a closed connection instead of the response. */
async function discardBody({ headers, body }: Request): Promise<void> {
  if (!body || body.locked || !(Number(headers.get("content-length")) <= MAX_DISCARDED_BYTES)) return;
  await body.pipeTo(new WritableStream()).catch(() => undefined);
}

function responseTo(ack: ArtifactAck): Response {
  switch (ack.kind) {
    case "acknowledged":
      return Response.json({ stop: ack.stop });
    case "invalid":
      return refused(422, ack.message);
    case "digestMismatch":
      return refused(400, "The body does not match Content-Digest. Send it again.");
    default:
      return ack satisfies never;
  }
}

async function claimsOf(request: Request, jobId: string, { signer }: CallbackDeps) {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const claims = token === undefined ? undefined : await signer.verify(AUDIENCES.report, token, ReportClaims);
  // A valid token of another job is not accepted.
  if (claims?.sub !== jobId) {
    throw new Refusal(401, "Send the report token of this job and attempt.", { "WWW-Authenticate": "Bearer" });
  }
  return claims;
}

async function receiveReport(
  request: Request,
  at: { tenantId: string; jobId: string },
  attempt: number,
  deps: CallbackDeps,
) {
  const { body } = declaredBody(request, ["application/json"], MAX_REPORT_BYTES);
  const digest = digestOf(request);
  const bytes = await readAtMost(body, MAX_REPORT_BYTES);
  if (!bytes) throw tooLarge(MAX_REPORT_BYTES);
  if ((await sha256(bytes)) !== digest) return { kind: "digestMismatch" } as const;
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), new TextDecoder().decode(bytes));
  if (!json.success) throw new Refusal(400, "The body is not JSON.");
  const read = v.safeParse(Report, json.output);
  if (!read.success) throw new Refusal(422, `Invalid report: check ${v.getDotPath(read.issues[0]) ?? "event"}.`);
  return takeReport(at, { attempt, sequence: read.output.sequence }, read.output, deps);
}

async function receiveArtifact(
  request: Request,
  at: { tenantId: string; jobId: string },
  attempt: number,
  artifact: string,
  deps: CallbackDeps,
) {
  if (!isArtifact(artifact))
    throw new Refusal(404, `Unknown artifact. Use one of: ${Object.keys(ARTIFACTS).join(", ")}.`);
  const { types, maxBytes } = ARTIFACTS[artifact];
  const { body, contentType, length } = declaredBody(request, types, maxBytes);
  const isPicture = contentType.startsWith("image/");
  const hasStep = artifact === "preview" || artifact === "checkpoint";
  const number = (name: string) => {
    const read = v.safeParse(
      v.pipe(v.string(), v.digits(), v.transform(Number), PositiveInt),
      request.headers.get(name),
    );
    if (!read.success) throw new Refusal(422, `The header ${name} must be a positive integer.`);
    return read.output;
  };
  const artifactHeaders: ArtifactHeaders = {
    artifact,
    contentType,
    bytes: length,
    sha256: digestOf(request),
    step: hasStep ? number(HEADERS.step) : 0,
    ...(isPicture ? { width: number(HEADERS.width), height: number(HEADERS.height) } : {}),
  };
  return takeArtifact(at, { attempt, sequence: number(HEADERS.sequence) }, artifactHeaders, body, deps);
}

const isArtifact = (name: string): name is Artifact => Object.hasOwn(ARTIFACTS, name);
const tooLarge = (maxBytes: number) => new Refusal(413, `The body is larger than ${maxBytes} bytes.`);

/** Returns the body and its declared type and length, if both are allowed. */
function declaredBody({ headers, body }: Request, types: readonly string[], maxBytes: number) {
  const contentType = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!types.includes(contentType) || headers.has("content-encoding")) {
    throw new Refusal(415, `Send ${types.join(" or ")}, without Content-Encoding.`);
  }
  const declared = headers.get("content-length");
  if (declared === null) throw new Refusal(411, "Content-Length is required.");
  const length = Number(declared);
  if (!(length <= maxBytes)) throw tooLarge(maxBytes);
  if (!body || length === 0) throw new Refusal(400, "The body is empty.");
  return { body, contentType, length };
}

/** The SHA-256 in Content-Digest, in hexadecimal. RFC 9530, section 2: `sha-256=:…:`, base64 of 32 bytes. */
function digestOf({ headers }: Request): string {
  const base64 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(headers.get("content-digest") ?? "")?.[1];
  if (base64 === undefined) throw new Refusal(400, "Send Content-Digest: sha-256=:…: of the body (RFC 9530).");
  return uint8ArrayToHex(base64ToUint8Array(base64));
}
