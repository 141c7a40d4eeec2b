import type { CallOptions, SemblanceClient } from "./client.ts";
import {
  DetectDocument,
  type DetectMutation,
  EnrollDocument,
  type EnrollInput,
  type EnrollMutation,
  IdentifyDocument,
  type IdentifyInput,
  type IdentifyMutation,
  VerifyDocument,
  type VerifyInput,
  type VerifyMutation,
} from "./documents.generated.ts";
import { newIdempotencyKey } from "./idempotency.ts";
import { type ImageSource, imageInput } from "./images.ts";
import { call } from "./send.ts";

export type EnrollRequest = Omit<EnrollInput, "image"> & {
  /** An image of the person. */
  image: ImageSource;
};

/** The reference of a verification: an enrolled subject, or another image. */
export type Reference =
  | { subjectId: string }
  | { externalId: { collectionId: string; externalId: string } }
  | { image: ImageSource };

export type VerifyRequest = Omit<VerifyInput, "probe" | "reference"> & {
  /** An image of the person to verify. */
  probe: ImageSource;
  reference: Reference;
};

export type IdentifyRequest = Omit<IdentifyInput, "probe"> & {
  /** An image of the person or people to identify. */
  probe: ImageSource;
};

export interface DetectRequest {
  image: ImageSource;
  /** The maximum number of faces to find, in 1..100. Default: 100. */
  maxFaces?: number;
}

export type EnrollOutcome = EnrollMutation["enroll"];
export type VerifyOutcome = VerifyMutation["verify"];
export type IdentifyOutcome = IdentifyMutation["identify"];
export type DetectOutcome = DetectMutation["detect"];

/** Adds a face to a collection: to the given subject, or to a new one. A repeated attempt stores nothing twice. */
export async function enroll(
  client: SemblanceClient,
  { image, ...request }: EnrollRequest,
  options?: CallOptions,
): Promise<EnrollOutcome> {
  const input = { idempotencyKey: newIdempotencyKey(), ...request, image: imageInput(image) };
  return (await call(client, EnrollDocument, { input }, options)).enroll;
}

/**
 * Verifies that the face in the probe belongs to the reference (1:1). There is no presentation-attack detection: a printed photograph
 * of the person also matches.
 */
export async function verify(
  client: SemblanceClient,
  { probe, reference, ...request }: VerifyRequest,
  options?: CallOptions,
): Promise<VerifyOutcome> {
  const input = {
    ...request,
    probe: imageInput(probe),
    reference: "image" in reference ? { image: imageInput(reference.image) } : reference,
  };
  return (await call(client, VerifyDocument, { input }, options)).verify;
}

/** Searches a collection for the faces in the probe (1:N). */
export async function identify(
  client: SemblanceClient,
  { probe, ...request }: IdentifyRequest,
  options?: CallOptions,
): Promise<IdentifyOutcome> {
  return (await call(client, IdentifyDocument, { input: { ...request, probe: imageInput(probe) } }, options)).identify;
}

/** Finds the faces in an image, most prominent first. */
export async function detect(
  client: SemblanceClient,
  { image, ...request }: DetectRequest,
  options?: CallOptions,
): Promise<DetectOutcome> {
  return (await call(client, DetectDocument, { ...request, image: imageInput(image) }, options)).detect;
}
