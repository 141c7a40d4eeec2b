import { readHeader } from "../../imaging/codecs/header.ts";
import { ARTIFACTS, type Artifact } from "../../schema/protocol/report.ts";
import type { Delivered } from "../../schema/tables.ts";
import { type BlobInfo, type Blobs, WrongBytesError } from "../platform/blobs.ts";
import { newId } from "../platform/ids.ts";
import type { Change, Job, JobRef } from "./jobs.ts";
import { type JobKind, type JobKindName, kindOf } from "./kinds.ts";
import { inputsExpireAt, RETENTION_MS } from "./retention.ts";
import { acknowledge, type ReportAck, type ReportDeps } from "./take-report.ts";
import { ignoreReason, type ReportPosition } from "./transitions.ts";

/** An artifact as its request headers describe it. */
export interface ArtifactHeaders {
  artifact: Artifact;
  contentType: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
  /** The step of a preview or a checkpoint; 0 for other artifacts. */
  step: number;
  /** The size of a picture, in pixels. */
  width?: number;
  height?: number;
}

/** `digestMismatch`: the bytes do not match the SHA-256. */
export type ArtifactAck = ReportAck | { kind: "digestMismatch" };

/**
 * Stores an artifact of the current attempt. Checks it first: a picture must have the declared format and size, and a net must be a
 * valid style net. Checkpoints are not checked. An artifact that is ignored or invalid leaves no blob behind.
 */
export async function takeArtifact(
  ref: JobRef,
  position: ReportPosition,
  headers: ArtifactHeaders,
  body: ReadableStream<Uint8Array>,
  deps: ReportDeps,
): Promise<ArtifactAck> {
  const { jobs, blobs, clock, kinds } = deps;
  const job = await jobs.find(ref);
  if (!job || ignoreReason(job, position)) {
    // Read the body to its end. Otherwise the sender sees a closed connection instead of the response.
    await body.pipeTo(new WritableStream()).catch(() => undefined);
    return acknowledge(job, position);
  }

  const { artifact, contentType, bytes, sha256, width, height } = headers;
  const info: BlobInfo = {
    tenantId: ref.tenantId,
    key: `${ref.tenantId}/${newId("blob")}`,
    contentType,
    sha256,
    bytes,
    width: width ?? null,
    height: height ?? null,
    expiresAt: artifact === "checkpoint" ? inputsExpireAt(job.deadlineAt) : new Date(clock() + RETENTION_MS),
  };
  try {
    await blobs.put(info, body);
  } catch (error) {
    if (error instanceof WrongBytesError) return { kind: "digestMismatch" };
    throw error;
  }
  const deleteBlob = (key: string) => blobs.delete(ref.tenantId, [key]);
  const problem = await problemWith(headers, info.key, blobs, kindOf(kinds, job));
  if (problem !== undefined) {
    await deleteBlob(info.key);
    return { kind: "invalid", message: problem };
  }

  let replacedKey: string | null | undefined;
  const result = await jobs.change(ref, (current) => {
    if (ignoreReason(current, position)) return undefined;
    replacedKey = keyOf(current, artifact);
    const received = { sequence: position.sequence, reportedAt: new Date(clock()) };
    return { set: { ...received, ...fieldsOf(current, headers, info.key) } };
  });
  if (!result?.changed) await deleteBlob(info.key);
  else if (replacedKey) await deleteBlob(replacedKey);
  return acknowledge(result?.job, position);
}

const keyOf = (job: Job, artifact: Artifact): string | null | undefined => {
  switch (artifact) {
    case "preview":
      return job.previewKey;
    case "checkpoint":
      return job.checkpointKey;
    case "result":
    case "net":
    case "thumbnail":
      return job.delivered[artifact];
    default:
      return artifact satisfies never;
  }
};

function fieldsOf(job: Job, { artifact, step }: ArtifactHeaders, key: string): Change["set"] {
  switch (artifact) {
    case "preview":
      return { previewKey: key };
    case "checkpoint":
      return { checkpointKey: key, checkpointStep: step };
    case "result":
    case "net":
    case "thumbnail":
      return { delivered: { ...job.delivered, [artifact]: key } satisfies Delivered };
    default:
      return artifact satisfies never;
  }
}

const FORMATS: Record<string, string> = { "image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp" };
const MAX_PIXELS = 24_000_000;

/** Why the stored bytes are invalid, as a message for the job service. Undefined if they are valid. */
async function problemWith(
  { artifact, contentType, width, height }: ArtifactHeaders,
  key: string,
  blobs: Blobs,
  { artifactProblems }: JobKind<JobKindName>,
) {
  // Only another attempt reads a checkpoint, and the job service checks it then.
  if (artifact === "checkpoint") return undefined;
  const bytes = await blobs.read(key);
  if (!bytes) throw new Error("The artifact that was just stored is missing.");
  const check = artifact === "preview" ? undefined : artifactProblems?.[artifact];
  if (check) return check(bytes);
  const limits = { bytes: ARTIFACTS[artifact].maxBytes, pixels: MAX_PIXELS, decodedPixels: MAX_PIXELS };
  const header = await readHeader(bytes, limits);
  if ("kind" in header) return header.message;
  if (header.format !== FORMATS[contentType]) return `The body is not ${contentType}. Send the matching Content-Type.`;
  if (header.orientation !== 1)
    return "The picture has an EXIF orientation. Rotate its pixels and remove the orientation.";
  return header.width === width && header.height === height
    ? undefined
    : `The picture has ${header.width} × ${header.height} pixels, but its headers say ${width} × ${height}. Send the right headers.`;
}
