import { readHeader } from "../../imaging/codecs/header.ts";
import { ARTIFACTS, type Artifact } from "../../schema/protocol/report.ts";
import type { Delivered } from "../../schema/tables.ts";
import { type BlobInfo, type Blobs, WrongBytesError } from "../platform/blobs.ts";
import { newId } from "../platform/ids.ts";
import type { Change, Job, JobAddress } from "./jobs.ts";
import { KEPT_MS, keptFor } from "./kept-for.ts";
import { netTrouble } from "./net-file.ts";
import { acknowledged, type ReportAck, type ReportTools } from "./take-report.ts";
import { ignored, type ReportPosition } from "./transitions.ts";

/** An artifact as its headers tell of it. */
export interface Arriving {
  artifact: Artifact;
  contentType: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
  /** Of a preview or a checkpoint. */
  step: number;
  /** Of a picture, in pixels. */
  width?: number;
  height?: number;
}

/** `damaged`: the bytes are not those that the hash is of. */
export type Put = ReportAck | { kind: "damaged" };

/**
 * Stores an artifact of the attempt that is underway. What is shown or run later is looked at first: a picture must be one, of
 * the size it says, and a net must be a style net. What does not count leaves nothing behind.
 */
export async function takeArtifact(
  at: JobAddress,
  position: ReportPosition,
  arriving: Arriving,
  body: ReadableStream<Uint8Array>,
  tools: ReportTools,
): Promise<Put> {
  const { jobs, blobs, clock } = tools;
  const job = await jobs.find(at);
  if (!job || ignored(job, position)) {
    // Read to its end, so that whoever sends it sees the answer.
    await body.pipeTo(new WritableStream()).catch(() => undefined);
    return acknowledged(job, position);
  }

  const { artifact, contentType, bytes, sha256, width, height } = arriving;
  const info: BlobInfo = {
    tenantId: at.tenantId,
    key: `${at.tenantId}/${newId("blob")}`,
    contentType,
    sha256,
    bytes,
    width: width ?? null,
    height: height ?? null,
    expiresAt: artifact === "checkpoint" ? keptFor(job.deadlineAt) : new Date(clock() + KEPT_MS),
  };
  try {
    await blobs.put(info, body);
  } catch (error) {
    if (error instanceof WrongBytesError) return { kind: "damaged" };
    throw error;
  }
  const forget = (...keys: string[]) => blobs.delete(at.tenantId, keys);
  const trouble = await troubleWith(arriving, info.key, blobs);
  if (trouble !== undefined) {
    await forget(info.key);
    return { kind: "unfit", message: trouble };
  }

  let replaced: string | null | undefined;
  const done = await jobs.change(at, (present) => {
    if (ignored(present, position)) return undefined;
    replaced = keyOf(present, artifact);
    const received = { sequence: position.sequence, reportedAt: new Date(clock()) };
    return { set: { ...received, ...placed(present, arriving, info.key) } };
  });
  if (!done?.changed) await forget(info.key);
  else if (replaced) await forget(replaced);
  return acknowledged(done?.job, position);
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

function placed(job: Job, { artifact, step }: Arriving, key: string): Change["set"] {
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
const MOST_PIXELS = 24_000_000;

/** What is wrong with the bytes that were stored; undefined: nothing. */
async function troubleWith({ artifact, contentType, width, height }: Arriving, key: string, blobs: Blobs) {
  // Only another attempt reads it, which looks for itself.
  if (artifact === "checkpoint") return undefined;
  const bytes = await blobs.read(key);
  if (!bytes) throw new Error("An artifact is not there that was just put.");
  if (artifact === "net") return netTrouble(bytes);
  const limits = { bytes: ARTIFACTS[artifact].maxBytes, pixels: MOST_PIXELS, decodedPixels: MOST_PIXELS };
  const header = await readHeader(bytes, limits);
  if ("kind" in header) return header.message;
  if (header.format !== FORMATS[contentType]) return `This is not ${contentType}.`;
  if (header.orientation !== 1) return "A picture must be stored upright.";
  return header.width === width && header.height === height
    ? undefined
    : `The picture has ${header.width} × ${header.height} pixels, and not as many as its headers say.`;
}
