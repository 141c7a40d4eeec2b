import * as v from "valibot";
import { ARTIFACTS, type Artifact, HEADERS, Report } from "../../schema/protocol/report.ts";
import { AUDIENCES, ReportClaims } from "../../schema/protocol/tokens.ts";
import { PositiveInt } from "../../schema/protocol/values.ts";
import type { Log } from "../platform/log.ts";
import { readAtMost } from "../platform/read-at-most.ts";
import { sha256 } from "../platform/sha256.ts";
import type { Signer } from "../platform/signing.ts";
import { type Arriving, type Put, takeArtifact } from "./take-artifact.ts";
import { type ReportTools, takeReport } from "./take-report.ts";

export interface CallbackTools extends ReportTools {
  signer: Signer;
  log: Log;
}

/** Where a job's reports and artifacts go; `artifact` as it stands in the address. */
interface Place {
  jobId: string;
  artifact?: string;
}

const PATH = /^\/jobs\/([a-z]+_[0-9a-z]{26})\/reports(?:\/([a-z]+))?$/;

/** The place that a path names; undefined where it is none of these. */
export function callbackPlace(pathname: string): Place | undefined {
  const [, jobId, artifact] = PATH.exec(pathname) ?? [];
  return jobId === undefined ? undefined : { jobId, ...(artifact === undefined ? {} : { artifact }) };
}

/** A report of 2,000 losses takes about 150 KB. */
const MOST_REPORT_BYTES = 2 ** 18;

/** A refusal, for the job service and whoever reads its log. */
class Refusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** The door for what the job service tells: `schema/protocol/report.ts`. Whoever knocks is a stranger until its token is read. */
export async function callback(request: Request, { jobId, artifact }: Place, tools: CallbackTools): Promise<Response> {
  try {
    const expected = artifact === undefined ? "POST" : "PUT";
    if (request.method !== expected) throw new Refusal(405, `Use ${expected}.`, { Allow: expected });
    const { tenant: tenantId, attempt } = await claimsOf(request, jobId, tools);
    const at = { tenantId, jobId };
    return answerTo(
      artifact === undefined
        ? await report(request, at, attempt, tools)
        : await deliver(request, at, attempt, artifact, tools),
    );
  } catch (error) {
    if (error instanceof Refusal) {
      await readOut(request);
      return refused(error.status, error.message, error.headers);
    }
    tools.log("error", { event: "callback.failed", jobId, error });
    return refused(500, "Something went wrong on our side. Send it again.");
  }
}

const refused = (status: number, error: string, headers: Record<string, string> = {}) =>
  Response.json({ error }, { status, headers });

/** More is not read of a body that is refused. */
const MOST_READ_BYTES = 32 * 2 ** 20;

/** Reads a body to its end: whoever is still sending one would find its connection closed rather than the answer. */
async function readOut({ headers, body }: Request): Promise<void> {
  if (!body || body.locked || !(Number(headers.get("content-length")) <= MOST_READ_BYTES)) return;
  await body.pipeTo(new WritableStream()).catch(() => undefined);
}

function answerTo(put: Put): Response {
  switch (put.kind) {
    case "acknowledged":
      return Response.json({ stop: put.stop });
    case "unfit":
      return refused(422, put.message);
    case "damaged":
      return refused(400, "The body is not what Content-Digest is of. Send it again.");
    default:
      return put satisfies never;
  }
}

async function claimsOf(request: Request, jobId: string, { signer }: CallbackTools) {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const claims = token === undefined ? undefined : await signer.verify(AUDIENCES.report, token, ReportClaims);
  // A good token of another job is no token here.
  if (claims?.sub !== jobId) {
    throw new Refusal(401, "Send the report token of this job and attempt.", { "WWW-Authenticate": "Bearer" });
  }
  return claims;
}

async function report(
  request: Request,
  at: { tenantId: string; jobId: string },
  attempt: number,
  tools: CallbackTools,
) {
  const { body } = announced(request, ["application/json"], MOST_REPORT_BYTES);
  const digest = digestOf(request);
  const bytes = await readAtMost(body, MOST_REPORT_BYTES);
  if (!bytes) throw tooLarge(MOST_REPORT_BYTES);
  if ((await sha256(bytes)) !== digest) return { kind: "damaged" } as const;
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), new TextDecoder().decode(bytes));
  if (!json.success) throw new Refusal(400, "The body is not JSON.");
  const read = v.safeParse(Report, json.output);
  if (!read.success) throw new Refusal(422, `The report is not one: ${v.getDotPath(read.issues[0]) ?? "event"}.`);
  return takeReport(at, { attempt, sequence: read.output.sequence }, read.output, tools);
}

async function deliver(
  request: Request,
  at: { tenantId: string; jobId: string },
  attempt: number,
  artifact: string,
  tools: CallbackTools,
) {
  if (!isArtifact(artifact)) throw new Refusal(404, "There is no such artifact.");
  const { types, maxBytes } = ARTIFACTS[artifact];
  const { body, contentType, length } = announced(request, types, maxBytes);
  const isPicture = contentType.startsWith("image/");
  const hasStep = artifact === "preview" || artifact === "checkpoint";
  const number = (name: string) => {
    const read = v.safeParse(
      v.pipe(v.string(), v.digits(), v.transform(Number), PositiveInt),
      request.headers.get(name),
    );
    if (!read.success) throw new Refusal(422, `The header ${name} must be a whole number from 1.`);
    return read.output;
  };
  const arriving: Arriving = {
    artifact,
    contentType,
    bytes: length,
    sha256: digestOf(request),
    step: hasStep ? number(HEADERS.step) : 0,
    ...(isPicture ? { width: number(HEADERS.width), height: number(HEADERS.height) } : {}),
  };
  return takeArtifact(at, { attempt, sequence: number(HEADERS.sequence) }, arriving, body, tools);
}

const isArtifact = (name: string): name is Artifact => Object.hasOwn(ARTIFACTS, name);
const tooLarge = (most: number) => new Refusal(413, `The body has more than ${most} bytes.`);

/** The body, when what its headers say of it is allowed. */
function announced({ headers, body }: Request, types: readonly string[], maxBytes: number) {
  const contentType = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!types.includes(contentType) || headers.has("content-encoding")) {
    throw new Refusal(415, `Send ${types.join(" or ")}, without Content-Encoding.`);
  }
  const declared = headers.get("content-length");
  if (declared === null) throw new Refusal(411, "Say the body's length in Content-Length.");
  const length = Number(declared);
  if (!(length <= maxBytes)) throw tooLarge(maxBytes);
  if (!body || length === 0) throw new Refusal(400, "The body is empty.");
  return { body, contentType, length };
}

/** RFC 9530, section 2: `sha-256=:…:`, base64 of 32 bytes. Hexadecimal. */
function digestOf({ headers }: Request): string {
  const base64 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(headers.get("content-digest") ?? "")?.[1];
  if (base64 === undefined) throw new Refusal(400, "Send Content-Digest: sha-256=:…: of the body (RFC 9530).");
  return [...atob(base64)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
