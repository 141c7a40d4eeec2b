/** What the instruments of `worker.ts` are asked and answer: JSON between this folder's programs and the Worker. */

/** Subjects to add to a collection, all with one face. */
export interface Filling {
  tenantId: string;
  collectionId: string;
  /** An enrolled template, of any tenant, whose vector is copied. */
  face: { tenantId: string; templateId: string };
  /** One subject each. */
  externalIds: string[];
  templatesEach: number;
}

/** A subject with one of its templates. */
export interface Enrolled {
  externalId: string;
  subjectId: string;
  templateId: string;
}

/** Where two mutations meet: a tenant of its own with one collection, two subjects and an API key that is not used. */
export interface Scene {
  tenantId: string;
  /** The ADMIN key. */
  key: string;
  modelId: string;
  collectionId: string;
  a: Enrolled;
  b: Enrolled;
  spareKeyId: string;
}

export interface Statement {
  sql: string;
  bound: string[];
}

export interface ShardAddress {
  tenantId: string;
  collectionId: string;
  modelId: string;
}
