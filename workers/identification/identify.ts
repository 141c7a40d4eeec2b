import { calibrationOf } from "../../models/calibration.ts";
import type { Collection, Gallery, Subject } from "../gallery/gallery.ts";
import { DEFAULT_TARGET_FPIR, identify as decide, type Identification } from "../matching/decide.ts";
import type { SquaredDistance } from "../matching/distance.ts";
import type { Fpir } from "../matching/rates.ts";
import { type ModelMismatch, modelMismatch, type NotFound, notFound } from "../platform/outcomes.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import type { Face, NoFace, Stages, Vision } from "../vision/vision.ts";

export interface IdentifyRequest {
  collectionId: string;
  probe: Picture;
  /** The chance that a stranger is taken for anyone in the collection. */
  targetFpir?: Fpir;
  maxCandidates?: number;
  maxFaces?: number;
}

export interface IdentifiedFace {
  face: Face;
  outcome: "identified" | "nobody";
  /** Nearest first. */
  candidates: { subject: Subject; distance: SquaredDistance; fpir: Fpir }[];
}

export interface Identified {
  kind: "identification";
  faces: IdentifiedFace[];
  /** How many templates were compared. */
  gallerySize: number;
  threshold: SquaredDistance;
}

export type IdentifyOutcome = Identified | NoFace | BadImage | NotFound | ModelMismatch;

interface Tools {
  vision: Vision;
  gallery: Gallery;
  stages?: Stages;
}

/** One to many: who in the collection are the faces in the picture, if anybody? */
export async function identify(request: IdentifyRequest, { vision, gallery, stages }: Tools): Promise<IdentifyOutcome> {
  const collection = await gallery.collection(request.collectionId);
  if (!collection) return notFound("collection", request.collectionId);
  const model = collection.modelId;
  if (!vision.embedders.has(model)) return modelMismatch(model, vision.defaultEmbedder);

  const bytes = await request.probe.read();
  if (isBadImage(bytes)) return bytes;
  const reading = await vision.readFaces(bytes, { model, maxFaces: request.maxFaces ?? 1, stages });
  if (reading.kind !== "faces") return reading;

  const probes = reading.faces.map(({ template }) => template);
  const { size, nearest } = await gallery.search(collection, probes, request.maxCandidates ?? 5);
  const targetFpir = request.targetFpir ?? DEFAULT_TARGET_FPIR;
  const calibration = calibrationOf(model);
  const decisions = nearest.map((candidates) => decide(candidates, size, targetFpir, calibration));
  return {
    kind: "identification",
    faces: await named(
      gallery,
      collection,
      reading.faces.map(({ face }) => face),
      decisions,
    ),
    gallerySize: size.templates,
    threshold: decide([], size, targetFpir, calibration).threshold,
  };
}

/** Puts the subjects to the decisions; a candidate that was deleted between search and answer is left out. */
async function named(
  gallery: Gallery,
  collection: Collection,
  faces: Face[],
  decisions: Identification[],
): Promise<IdentifiedFace[]> {
  const ids = decisions.flatMap((d) => (d.outcome === "identified" ? d.candidates.map((c) => c.subjectId) : []));
  const subjects = ids.length > 0 ? await gallery.subjectsById(ids) : new Map<string, Subject>();
  return faces.map((face, i) => {
    const decision = decisions[i]!;
    const near = decision.outcome === "identified" ? decision.candidates : [];
    const candidates = near.flatMap(({ subjectId, distance, fpir }) => {
      const subject = subjects.get(subjectId);
      return subject?.collectionId === collection.id ? [{ subject, distance, fpir }] : [];
    });
    return { face, outcome: candidates.length > 0 ? "identified" : "nobody", candidates };
  });
}
