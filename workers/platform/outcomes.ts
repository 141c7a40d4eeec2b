/** Expected outcomes of changes to a gallery. */
export interface NotFound {
  kind: "notFound";
  missingId: string;
  message: string;
}

export interface Conflict {
  kind: "conflict";
  message: string;
}

/** `templates`: the number of biometric templates that were deleted. */
export interface Deleted {
  kind: "deleted";
  deletedId: string;
  templates: number;
}

const NAMES = {
  collection: "collection",
  subject: "subject",
  template: "template",
  key: "API key",
  style: "style",
  job: "job",
} as const;

export const notFound = (type: keyof typeof NAMES, id: string): NotFound => ({
  kind: "notFound",
  missingId: id,
  message: `There is no ${NAMES[type]} with the ID ${JSON.stringify(id.slice(0, 64))}. Check the ID: the ${NAMES[type]} may have been deleted.`,
});

export const noSuchExternalId = (externalId: string): NotFound => ({
  kind: "notFound",
  missingId: externalId,
  message: `The collection has no subject with the externalId ${JSON.stringify(externalId)}. Check the externalId: the subject may have been deleted.`,
});

export const conflict = (message: string): Conflict => ({ kind: "conflict", message });

export const keyReused = (): Conflict =>
  conflict("This idempotency key was already used for a different request. Use a new key for each new request.");

/** The collection's templates come from a model that this deployment does not have. */
export interface ModelMismatch {
  kind: "modelMismatch";
  expected: string;
  found: string;
  message: string;
}

export const modelMismatch = (expected: string, found: string): ModelMismatch => ({
  kind: "modelMismatch",
  expected,
  found,
  message: `The templates come from the model ${expected}, which this deployment does not have. It has ${found}. Deploy the Worker with ${expected}, or enroll into a new collection.`,
});
