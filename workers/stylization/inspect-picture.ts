import { DEFAULT_LIMITS, readHeader } from "../../imaging/codecs/header.ts";
import type { StartJobDeps } from "../jobs/start-job.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import type { Stages } from "../vision/stages.ts";
import type { Detection, Vision } from "../vision/vision.ts";

/** The dependencies of a job that starts with pictures. */
export interface PictureJobDeps extends StartJobDeps {
  vision: Vision;
  stages?: Stages;
}

/** A picture that can be decoded, its size, and its faces if they were requested. */
export interface InspectedPicture extends Omit<Detection, "kind"> {
  kind: "inspected";
  bytes: Uint8Array;
}

/** Checks a picture before its job is started, and finds at most `maxFaces` faces. */
export async function inspectPicture(
  picture: Picture,
  maxFaces: number,
  { vision, stages }: PictureJobDeps,
): Promise<InspectedPicture | BadImage> {
  const bytes = await picture.read();
  if (isBadImage(bytes)) return bytes;
  const header = await readHeader(bytes, DEFAULT_LIMITS);
  if ("kind" in header) return header;
  // The job service decodes pictures itself, and does not support HEIC.
  if (header.format === "heif") {
    return {
      kind: "badImage",
      reason: "UNSUPPORTED_FORMAT",
      message: "Jobs do not support HEIC. Send JPEG, PNG or WebP.",
    };
  }
  const detection = await vision.detect(bytes, { maxFaces, ...(stages ? { stages } : {}) });
  return detection.kind === "badImage" ? detection : { ...detection, kind: "inspected", bytes };
}
