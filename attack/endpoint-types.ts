/** Requests and answers of the endpoints in `worker.ts`: JSON between the programs of this folder and the Worker. */

/** Subjects to add to a collection, all with the same face. */
export interface FillRequest {
  tenantId: string;
  collectionId: string;
  /** An enrolled template of any tenant. Its vector is copied. */
  face: { tenantId: string; templateId: string };
  /** One subject is added for each. */
  externalIds: string[];
  templatesEach: number;
}

/** A subject with one of its templates. */
export interface Enrolled {
  externalId: string;
  subjectId: string;
  templateId: string;
}

/** The objects that two concurrent mutations change: a new tenant with one collection, two subjects and a spare API key. */
export interface PairFixture {
  tenantId: string;
  /** The tenant's ADMIN key. */
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
