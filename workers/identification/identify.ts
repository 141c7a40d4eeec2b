import { calibrationOf } from "../../models/calibration.ts";
import type { Gallery, Subject } from "../gallery/gallery.ts";
import { DEFAULT_TARGET_FPIR, identify as decide, type Identification } from "../matching/decide.ts";
import type { SquaredDistance } from "../matching/distance.ts";
import type { Fpir } from "../matching/rates.ts";
import { type ModelMismatch, modelMismatch, type NotFound, notFound } from "../platform/outcomes.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import type { Stages } from "../vision/stages.ts";
import type { Face, NoFace, Vision } from "../vision/vision.ts";

export interface IdentifyRequest {
  collectionId: string;
  probe: Picture;
  /** The accepted probability that a person who is not in the collection is identified as someone in it. */
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
  /** The number of templates that each face was compared with. */
  gallerySize: number;
  threshold: SquaredDistance;
}

export type IdentifyOutcome = Identified | NoFace | BadImage | NotFound | ModelMismatch;

interface Tools {
  vision: Vision;
  gallery: Gallery;
  stages?: Stages;
}

/** The maximum number of searches per request. Each further search follows a merge or deletion of a candidate during the previous one. */
const MAX_SEARCHES = 5;

/** Identifies the faces in a picture among the subjects of a collection (1:N). */
export async function identify(request: IdentifyRequest, { vision, gallery, stages }: Tools): Promise<IdentifyOutcome> {
  const collection = await gallery.collection(request.collectionId);
  if (!collection) return notFound("collection", request.collectionId);
  const model = collection.modelId;
  if (!vision.embedders.has(model)) return modelMismatch(model, vision.defaultEmbedder);

  const bytes = await request.probe.read();
  if (isBadImage(bytes)) return bytes;
  const reading = await vision.readFaces(bytes, { model, maxFaces: request.maxFaces ?? 1, stages });
  if (reading.kind !== "faces") return reading;

  const targetFpir = request.targetFpir ?? DEFAULT_TARGET_FPIR;
  const calibration = calibrationOf(model);
  const probes = reading.faces.map(({ template }) => template);
  let current = collection;
  for (let attempt = 1; ; attempt++) {
    const { size, nearest } = await gallery.search(current, probes, request.maxCandidates ?? 5);
    const decisions = nearest.map((candidates) => decide(candidates, size, targetFpir, calibration));
    const subjects = await subjectsOf(decisions, gallery);
    // If a candidate was merged or deleted since the search, search again: the log has the change.
    if (subjects.isComplete || attempt === MAX_SEARCHES) {
      return {
        kind: "identification",
        faces: reading.faces.map(({ face }, i) => withSubjects(face, decisions[i]!, subjects.byId)),
        gallerySize: size.templates,
        threshold: decide([], size, targetFpir, calibration).threshold,
      };
    }
    const reread = await gallery.collection(collection.id);
    if (!reread) return notFound("collection", collection.id);
    current = reread;
  }
}

/** Reads the subjects of the candidates. `isComplete`: all of them still exist. */
async function subjectsOf(decisions: Identification[], gallery: Gallery) {
  const ids = decisions.flatMap((d) => (d.outcome === "identified" ? d.candidates.map((c) => c.subjectId) : []));
  const byId = ids.length > 0 ? await gallery.subjectsById(ids) : new Map<string, Subject>();
  return { byId, isComplete: ids.every((id) => byId.has(id)) };
}

/** Adds the subjects to a decision. Candidates whose subject no longer exists are left out. */
function withSubjects(face: Face, decision: Identification, subjects: Map<string, Subject>): IdentifiedFace {
  const near = decision.outcome === "identified" ? decision.candidates : [];
  const candidates = near.flatMap(({ subjectId, distance, fpir }) => {
    const subject = subjects.get(subjectId);
    return subject ? [{ subject, distance, fpir }] : [];
  });
  return { face, outcome: candidates.length > 0 ? "identified" : "nobody", candidates };
}
