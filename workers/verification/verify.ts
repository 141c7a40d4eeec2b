import { calibrationOf } from "../../models/calibration.ts";
import type { Gallery, SubjectKey } from "../gallery/gallery.ts";
import type { OperatingPoint } from "../matching/calibration.ts";
import { DEFAULT_TARGET_FMR, verify as decide, type Verification } from "../matching/decide.ts";
import { squaredDistance } from "../matching/distance.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { type ModelMismatch, modelMismatch, type NotFound } from "../platform/outcomes.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import type { Stages } from "../vision/stages.ts";
import type { Face, ManyFaces, NoFace, PoorQuality, TemplatedFace, Vision } from "../vision/vision.ts";

export interface VerifyRequest {
  probe: Picture;
  /** A subject of a collection, or another photograph. */
  reference: { subject: SubjectKey } | { image: Picture };
  operatingPoint?: OperatingPoint;
}

export interface Verified extends Verification {
  kind: "verified";
  probe: Face;
}

/** The subject has no template, so there is nothing to compare the probe with. */
export interface NoTemplate {
  kind: "noTemplate";
  message: string;
  subjectId: string;
}

export type VerifyOutcome =
  | Verified
  | NoTemplate
  | NoFace
  | ManyFaces
  | PoorQuality
  | BadImage
  | NotFound
  | ModelMismatch;

interface Tools {
  vision: Vision;
  gallery: Gallery;
  stages?: Stages;
}

/** Decides whether the face in the probe is that of the reference (1:1). The nearest of a subject's templates decides. */
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
  const enrolled = await gallery.reference(reference.subject);
  if (enrolled.kind === "notFound") return enrolled;
  const first = enrolled.templates[0];
  if (!first) return noTemplate(enrolled.subject.id);
  if (!vision.embedders.has(first.modelId)) return modelMismatch(first.modelId, vision.defaultEmbedder);
  return { model: first.modelId, templates: enrolled.templates };
}

const noTemplate = (subjectId: string): NoTemplate => ({
  kind: "noTemplate",
  subjectId,
  message:
    "The subject has no template, because all of its templates were deleted. Enroll a photograph of the person first.",
});
