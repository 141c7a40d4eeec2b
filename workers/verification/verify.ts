import { calibrationOf } from "../../models/calibration.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { OperatingPoint } from "../matching/calibration.ts";
import { DEFAULT_TARGET_FMR, verify as decide, type Verification } from "../matching/decide.ts";
import { squaredDistance } from "../matching/distance.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { type ModelMismatch, modelMismatch, type NotFound, notFound } from "../platform/outcomes.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import type { Face, ManyFaces, NoFace, PoorQuality, Stages, TemplatedFace, Vision } from "../vision/vision.ts";

export interface VerifyRequest {
  probe: Picture;
  /** A stored subject, or another photograph. */
  reference: { subjectId: string } | { image: Picture };
  operatingPoint?: OperatingPoint;
}

export interface Verified extends Verification {
  kind: "verified";
  probe: Face;
}

export type VerifyOutcome = Verified | NoFace | ManyFaces | PoorQuality | BadImage | NotFound | ModelMismatch;

interface Tools {
  vision: Vision;
  gallery: Gallery;
  stages?: Stages;
}

/** One to one: is the face in the probe the reference's? The nearest of a subject's templates decides. */
export async function verify(request: VerifyRequest, tools: Tools): Promise<VerifyOutcome> {
  const reference = await readReference(request, tools);
  if ("kind" in reference) return reference;
  const { model, templates } = reference;
  const probe = await readFace(request.probe, model, tools);
  if (probe.kind !== "face") return probe;
  const distances = templates.map((template) => squaredDistance(template, probe.template));
  const at = request.operatingPoint ?? { targetFmr: DEFAULT_TARGET_FMR };
  return { kind: "verified", ...decide(distances, at, calibrationOf(model)), probe: probe.face };
}

type Reading = ({ kind: "face" } & TemplatedFace) | NoFace | ManyFaces | PoorQuality | BadImage;

async function readFace(picture: Picture, model: string, { vision, stages }: Tools): Promise<Reading> {
  const bytes = await picture.read();
  return isBadImage(bytes) ? bytes : vision.readOneFace(bytes, { model, stages });
}

async function readReference(
  { reference }: VerifyRequest,
  tools: Tools,
): Promise<{ model: string; templates: FaceTemplate[] } | Exclude<VerifyOutcome, Verified>> {
  const { vision, gallery } = tools;
  if ("image" in reference) {
    const model = vision.defaultEmbedder;
    const face = await readFace(reference.image, model, tools);
    return face.kind === "face" ? { model, templates: [face.template] } : face;
  }
  const enrolled = await gallery.reference({ id: reference.subjectId });
  if (enrolled.kind === "notFound") return enrolled;
  const first = enrolled.templates[0];
  // A subject without a template cannot be verified: for the caller it is not there.
  if (!first) return notFound("subject", reference.subjectId);
  if (!vision.embedders.has(first.modelId)) return modelMismatch(first.modelId, vision.defaultEmbedder);
  return { model: first.modelId, templates: enrolled.templates };
}
