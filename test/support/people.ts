import { portrait } from "../../cli/astronauts.ts";
import type { Client } from "../../cli/client.ts";
import { PictureFile } from "../../cli/client.ts";
import { CREATE_COLLECTION, ENROLL, ENROLL_WITH_LOOKALIKES, IDENTIFY, VERIFY } from "./documents.ts";

/** Answers of unions, with the fields of all members. */
export interface Outcome {
  __typename: string;
  message?: string;
  reason?: string;
  id?: string;
}
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface FaceAnswer {
  box: Box;
  landmarks: { x: number; y: number }[];
  confidence: number;
  quality: number;
}
interface CandidateAnswer {
  distance: number;
  fpir: number;
  subject: { id: string; name: string; externalId: string };
}
/** A page of a subject's templates. */
export interface TemplatePage {
  edges: { node: { id: string } }[];
}
export interface EnrollAnswer extends Outcome {
  created: boolean;
  subject: { id: string; name: string | null; externalId: string | null; templates: TemplatePage };
  template: { id: string; modelId: string; quality: number };
  face: FaceAnswer;
  quality: number;
  faces: FaceAnswer[];
  distance: number;
  threshold: number;
  lookalikes: CandidateAnswer[] | null;
}
export interface VerifyAnswer extends Outcome {
  decision: "MATCH" | "NO_MATCH";
  distance: number;
  threshold: number;
  fmr: number;
  probe: FaceAnswer;
  expected: string;
}
export interface IdentifyAnswer extends Outcome {
  gallerySize: number;
  threshold: number;
  faces: {
    outcome: "IDENTIFIED" | "NOBODY";
    face: FaceAnswer;
    candidates: CandidateAnswer[];
  }[];
}

/** A photograph of an astronaut as the value of an ImageInput. */
export const photograph = (person: string, file: string) => ({ upload: new PictureFile(portrait(person, file)) });
export const pictureAt = (path: string) => ({ upload: new PictureFile(path) });

export async function newCollection(api: Client, name = "crew"): Promise<string> {
  const { createCollection } = await api.request<{ createCollection: { collection: { id: string } } }>(
    CREATE_COLLECTION,
    { input: { name } },
  );
  return createCollection.collection.id;
}

export const enroll = async (api: Client, input: Record<string, unknown>) =>
  (await api.request<{ enroll: EnrollAnswer }>(ENROLL, { input })).enroll;

/** Enrolls and also selects the lookalikes. The key needs IDENTIFY or MANAGE. */
export const enrollWithLookalikes = async (api: Client, input: Record<string, unknown>) =>
  (await api.request<{ enroll: EnrollAnswer }>(ENROLL_WITH_LOOKALIKES, { input })).enroll;

export const verify = async (api: Client, input: Record<string, unknown>) =>
  (await api.request<{ verify: VerifyAnswer }>(VERIFY, { input })).verify;

export const identify = async (api: Client, input: Record<string, unknown>) =>
  (await api.request<{ identify: IdentifyAnswer }>(IDENTIFY, { input })).identify;
