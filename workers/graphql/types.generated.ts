import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ApiKey as ApiKeyRow, ApiKeyCreated as ApiKeyCreatedRow } from '../access/keys.ts';
import type { BadImage as BadImageRow } from '../platform/picture.ts';
import type { Calibration as CalibrationRow } from '../matching/calibration.ts';
import type { Collection as CollectionRow, Subject as SubjectRow, TemplateRecord as TemplateRecordRow } from '../gallery/gallery.ts';
import type { CollectionPage as CollectionPageRow, JobPage as JobPageRow, SubjectPage as SubjectPageRow, TemplatePage as TemplatePageRow } from './pages.ts';
import type { CollectionCreated as CollectionCreatedRow, TimedDetection as TimedDetectionRow, TimedIdentification as TimedIdentificationRow, TimedStylization as TimedStylizationRow, SubjectUpdated as SubjectUpdatedRow, SubjectsMerged as SubjectsMergedRow, TimedVerification as TimedVerificationRow } from './results.ts';
import type { Conflict as ConflictRow, Deleted as DeletedRow, ModelMismatch as ModelMismatchRow, NotFound as NotFoundRow } from '../platform/outcomes.ts';
import type { DifferentPerson as DifferentPersonRow, Enrolled as EnrolledRow, LooksLikeOthers as LooksLikeOthersRow } from '../enrollment/enroll.ts';
import type { Face as FaceRow, ManyFaces as ManyFacesRow, NoFace as NoFaceRow, PoorQuality as PoorQualityRow } from '../vision/vision.ts';
import type { IdentifiedFace as IdentifiedFaceRow } from '../identification/identify.ts';
import type { Job as JobRow } from '../stylization/jobs.ts';
import type { JobCanceled as JobCanceledRow } from '../stylization/cancel-job.ts';
import type { JobStarted as JobStartedRow, TooManyJobs as TooManyJobsRow } from '../stylization/start-job.ts';
import type { ModelEntry as ModelEntryRow } from '../../models/catalog.ts';
import type { NoTemplate as NoTemplateRow } from '../verification/verify.ts';
import type { StoredImage as StoredImageRow } from '../stylization/stored-image.ts';
import type { Style as StyleRow } from '../stylization/styles.ts';
import type { Tenant as TenantRow } from '../access/tenants.ts';
import type { Context } from './context.ts';
export type Maybe<T> = T | null | undefined;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment, as in RFC 3339: `2026-11-23T20:37:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  /** A whole number that a double holds exactly: from -(2^53 - 1) to 2^53 - 1. GraphQL's own Int ends at 2^31 - 1. */
  SafeInt: { input: number; output: number; }
  /** An address, as in the WHATWG URL standard. */
  URL: { input: URL; output: URL; }
  /** A file, sent as the GraphQL multipart request specification says. https://github.com/jaydenseric/graphql-multipart-request-spec */
  Upload: { input: Uint8Array<ArrayBuffer>; output: Uint8Array<ArrayBuffer>; }
};

/** A key to the API. Its secret is shown once, when it is made. */
export type ApiKey = Node & {
  __typename?: 'ApiKey';
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** When it ceases to work; null: never. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Names the key; not secret. Give it to `revokeApiKey`. */
  id: Scalars['ID']['output'];
  /**
   * When it last changed something, by the audit log; null: never. Queries, `verify`, `identify` and `detect` write nothing, so they
   * do not count.
   */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What its owner calls it; unique among the tenant's keys. */
  name: Scalars['String']['output'];
  /** The readable start of the key, to tell it from others. */
  prefix: Scalars['String']['output'];
  /** What it may do. */
  scopes: Array<Scope>;
};

/** The key was made. */
export type ApiKeyCreated = {
  __typename?: 'ApiKeyCreated';
  /** The key, without its secret. */
  apiKey: ApiKey;
  /** The whole key, to send as `Authorization: Bearer …`. It is shown this once; only its hash is kept. */
  secret: Scalars['String']['output'];
};

/** The picture cannot be used. */
export type BadImage = Problem & {
  __typename?: 'BadImage';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** Why, for programs. */
  reason: BadImageReason;
};

/** Why a picture cannot be used. */
export type BadImageReason =
  /** It is damaged or cut off, or is not the base64 or `data:` URL that it should be. */
  | 'CORRUPT'
  /** Its address, or one that it led to, is not on the public internet, or is not https. */
  | 'FORBIDDEN_ADDRESS'
  /** The file is larger than 20 MB, or 10 MB as base64. */
  | 'TOO_LARGE'
  /** It has more than 50 megapixels. */
  | 'TOO_MANY_PIXELS'
  /** It has too few pixels on a side for what it is to be used for. */
  | 'TOO_SMALL'
  /** Its address gave no picture in time. */
  | 'UNREACHABLE'
  /** It is not JPEG, PNG or WebP, or of a kind of these that is not supported: animated, arithmetic-coded, lossless, 12 bits a channel. */
  | 'UNSUPPORTED_FORMAT';

/** A rectangle in pixels of the upright picture. */
export type Box = {
  __typename?: 'Box';
  /** Height in pixels. */
  height: Scalars['Float']['output'];
  /** Width in pixels. */
  width: Scalars['Float']['output'];
  /** Left edge. */
  x: Scalars['Float']['output'];
  /** Upper edge. */
  y: Scalars['Float']['output'];
};

/** How often the model takes two people for one, and one person for two, at a given distance. */
export type Calibration = {
  __typename?: 'Calibration';
  /** Both error rates over the distance, from near to far. */
  curve: Array<CalibrationPoint>;
  /** How many pairs of one person's pictures. */
  genuinePairs: Scalars['Int']['output'];
  /** How many pairs of two people's pictures. */
  impostorPairs: Scalars['Int']['output'];
  /** The pairs that it was measured on. */
  source: Scalars['String']['output'];
};

/** The error rates where this distance is the threshold. */
export type CalibrationPoint = {
  __typename?: 'CalibrationPoint';
  /** Squared L2 distance, in [0, 4]. */
  distance: Scalars['Float']['output'];
  /** False match rate: the share of two people's pairs that are this near, in [0, 1]. */
  fmr: Scalars['Float']['output'];
  /** False non-match rate: the share of one person's pairs that are farther, in [0, 1]. */
  fnmr: Scalars['Float']['output'];
};

/** What `cancelJob` answers. A job that has ended otherwise is a Conflict; one that is cancelled already is cancelled. */
export type CancelJobResult = Conflict | JobCanceled | NotFound;

/** Somebody whom the face may be. */
export type Candidate = {
  __typename?: 'Candidate';
  /** The smallest squared L2 distance to the person's templates, in [0, 4]. */
  distance: Scalars['Float']['output'];
  /** The chance that a stranger would be this near to anyone in the collection. */
  fpir: Scalars['Float']['output'];
  /** The person. */
  subject: Subject;
};

/** A gallery of subjects. All its templates come from one model, the one that was the default when it was made. */
export type Collection = Node & {
  __typename?: 'Collection';
  /** Where the errors of its model stand. Null where this deployment does not carry the model. */
  calibration?: Maybe<Calibration>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Names it, for good. */
  id: Scalars['ID']['output'];
  /** The model of its templates: `Model.id`. */
  modelId: Scalars['ID']['output'];
  /** What its owner calls it; need not be unique. */
  name: Scalars['String']['output'];
  /** How many people are in it. */
  subjectCount: Scalars['Int']['output'];
  /** Its people, oldest first. */
  subjects: SubjectConnection;
  /** How many face templates are in it: at most 100,000. */
  templateCount: Scalars['Int']['output'];
};


/** A gallery of subjects. All its templates come from one model, the one that was the default when it was made. */
export type CollectionSubjectsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of collections. */
export type CollectionConnection = {
  __typename?: 'CollectionConnection';
  /** The collections of this page. */
  edges: Array<CollectionEdge>;
  /** Where the page stands. */
  pageInfo: PageInfo;
  /** How many collections there are in the whole list. */
  totalCount: Scalars['Int']['output'];
};

/** The collection was made, now or by an earlier request with the same idempotency key. */
export type CollectionCreated = {
  __typename?: 'CollectionCreated';
  /** The collection. */
  collection: Collection;
};

/** A collection's place in a list. */
export type CollectionEdge = {
  __typename?: 'CollectionEdge';
  /** Give it as `after` to read on from here. */
  cursor: Scalars['String']['output'];
  /** The collection. */
  node: Collection;
};

/** What is there already stands in the way: a name that is taken, an idempotency key used for something else, a full collection. */
export type Conflict = Problem & {
  __typename?: 'Conflict';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** A list inside a field, as long as an argument says. */
export type CostList = {
  /** The argument, or the path to it: `input.maxFaces`. */
  argument: Scalars['String']['input'];
  /** The name of the field that answers with the list. */
  name: Scalars['String']['input'];
};

/**
 * What an argument adds to a field's weight: `weight` for each unit of a number or item of a list, or once where anything else but
 * false is given.
 * A number that is left out, or null, counts as its default.
 */
export type CostPart = {
  /** The argument, or the path to it: `input.maxFaces`. */
  argument: Scalars['String']['input'];
  /** The weight of one unit. */
  weight: Scalars['Float']['input'];
};

/** A key to make. */
export type CreateApiKeyInput = {
  /** When it ceases to work: a moment to come. Left out: never. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** 1 to 200 characters, unique among the tenant's keys. */
  name: Scalars['String']['input'];
  /** What it may do: at least one. */
  scopes: Array<Scope>;
};

/** What `createApiKey` answers. */
export type CreateApiKeyResult = ApiKeyCreated | Conflict;

/** A collection to make. */
export type CreateCollectionInput = {
  /** 1 to 200 characters. The same key with the same name makes no second collection for a day. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** 1 to 200 characters. */
  name: Scalars['String']['input'];
};

/** What `createCollection` answers. */
export type CreateCollectionResult = CollectionCreated | Conflict;

/** Whether the two are one person. */
export type Decision =
  /** The distance is at most the threshold. */
  | 'MATCH'
  /** The distance is beyond the threshold. */
  | 'NO_MATCH';

/** What a deletion answers. */
export type DeleteResult = Deleted | NotFound;

/** The object is deleted, with every face template in it. The answer comes after the templates are destroyed. */
export type Deleted = {
  __typename?: 'Deleted';
  /** The id of the deleted object. */
  deletedId: Scalars['ID']['output'];
  /** How many biometric templates were destroyed. */
  templates: Scalars['Int']['output'];
};

/** What `detect` answers. */
export type DetectResult = BadImage | Detection;

/** The faces of a picture. */
export type Detection = {
  __typename?: 'Detection';
  /** The most prominent first; none where there is none. */
  faces: Array<Face>;
  /** Height of the upright picture, in pixels. */
  height: Scalars['Int']['output'];
  /** Milliseconds of work. Null on Cloudflare, whose clocks stand still while a Worker computes. */
  millis?: Maybe<Scalars['Float']['output']>;
  /** Width of the upright picture, in pixels. */
  width: Scalars['Int']['output'];
};

/** The face is not the subject's. Nothing was stored. */
export type DifferentPerson = Problem & {
  __typename?: 'DifferentPerson';
  /** The squared L2 distance to the nearest of the subject's templates, in [0, 4]. */
  distance: Scalars['Float']['output'];
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The subject that the face would have been added to. */
  subjectId: Scalars['ID']['output'];
  /** The largest distance at which the face would have been added. */
  threshold: Scalars['Float']['output'];
};

/**
 * A face to enroll. Give `subjectId` to add a template to a subject, or `externalId` and `name` to create one: where the
 * collection already has a subject with this `externalId`, the template is added to it. With none of them, a new subject
 * without a name is made. A face that is added to a subject is first compared with the subject's templates.
 */
export type EnrollInput = {
  /** Add the face even if it is not the subject's. Needs the scope MANAGE. */
  allowDifferent?: InputMaybe<Scalars['Boolean']['input']>;
  /** Where to. */
  collectionId: Scalars['ID']['input'];
  /** What the client calls the person: 1 to 200 characters, unique in the collection. */
  externalId?: InputMaybe<Scalars['String']['input']>;
  /** 1 to 200 characters. The same key with the same input enrolls nothing again for a day; with another, it is a Conflict. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** A picture of the one person. */
  image: ImageInput;
  /** Refuse a face of lower quality, in [0, 1]. The default is 0.01. */
  minimumQuality?: InputMaybe<Scalars['Float']['input']>;
  /** A new subject's name: 1 to 200 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Answer LooksLikeOthers, and store nothing, if another subject of the collection is this near. Needs the scope IDENTIFY or MANAGE. */
  refuseLookalikes?: InputMaybe<Scalars['Boolean']['input']>;
  /** An enrolled subject. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
  /**
   * How near is near enough, as the false match rate of `verify`, between 0 and 1: the face is added if `verify` would match it with the
   * subject at this rate, and a lookalike is another subject that near. A rate above the default needs the scope MANAGE. Be no looser
   * here than where you verify: a face that was added matches from then on.
   */
  targetFmr?: InputMaybe<Scalars['Float']['input']>;
};

/** What `enroll` answers. */
export type EnrollResult = BadImage | Conflict | DifferentPerson | Enrolled | LooksLikeOthers | ManyFaces | ModelMismatch | NoFace | NotFound | PoorQuality;

/** The face is enrolled, now or by an earlier request with the same idempotency key. */
export type Enrolled = {
  __typename?: 'Enrolled';
  /** Whether this enrollment made the subject. */
  created: Scalars['Boolean']['output'];
  /** The face in the picture. */
  face: Face;
  /**
   * Other subjects of the collection that are this near: the same person under another id, or somebody who looks alike. At most five,
   * the nearest first; none were found where it is empty. It is searched only if it is asked for.
   */
  lookalikes?: Maybe<Array<Candidate>>;
  /** Who was enrolled. */
  subject: Subject;
  /** The template that was stored. */
  template: Template;
};

/** A subject, by what the client calls the person. */
export type ExternalReferenceInput = {
  /** The collection that the subject is in. */
  collectionId: Scalars['ID']['input'];
  /** The subject's externalId: unique in the collection. */
  externalId: Scalars['String']['input'];
};

/** A face. Positions are in pixels of the upright picture, as it was sent. */
export type Face = {
  __typename?: 'Face';
  /** Where the face is. */
  box: Box;
  /** How sure the detector is that this is a face, in [0, 1]. */
  confidence: Scalars['Float']['output'];
  /** Five points: left eye, right eye, nose, left and right mouth corner; left as the viewer sees it. */
  landmarks: Array<Point>;
  /** How well it can be recognised, in [0, 1]: the share of reference faces that are worse. */
  quality: Scalars['Float']['output'];
};

/** The faces of the probe, and who they may be. */
export type Identification = {
  __typename?: 'Identification';
  /** The most prominent first. */
  faces: Array<IdentifiedFace>;
  /** How many templates were compared. */
  gallerySize: Scalars['Int']['output'];
  /** Milliseconds of work. Null on Cloudflare, whose clocks stand still while a Worker computes. */
  millis?: Maybe<Scalars['Float']['output']>;
  /** The largest squared L2 distance at which a face is taken for somebody. */
  threshold: Scalars['Float']['output'];
};

/** One face of the probe, and who it may be. */
export type IdentifiedFace = {
  __typename?: 'IdentifiedFace';
  /** Everybody who is near enough, the nearest first; empty where the outcome is NOBODY. */
  candidates: Array<Candidate>;
  /** The face. */
  face: Face;
  /** Whether anybody was found. */
  outcome: Outcome;
};

/** Faces to look for in a collection. */
export type IdentifyInput = {
  /** Where to look. */
  collectionId: Scalars['ID']['input'];
  /** How many people to name for each face, in 1..100. */
  maxCandidates?: InputMaybe<Scalars['Int']['input']>;
  /** How many faces of the picture to look for, the most prominent first, in 1..100. */
  maxFaces?: InputMaybe<Scalars['Int']['input']>;
  /** A picture of whoever is here now. */
  probe: ImageInput;
  /** The chance that a stranger is taken for anyone in the collection, between 0 and 1; the threshold tightens as it grows. */
  targetFpir?: InputMaybe<Scalars['Float']['input']>;
};

/** What `identify` answers. */
export type IdentifyResult = BadImage | Identification | ModelMismatch | NoFace | NotFound;

/** One picture, given in exactly one way. JPEG, PNG or WebP; at most 50 megapixels and 20 MB, as base64 10 MB. */
export type ImageInput =
  /**
   * The file's bytes, at most 10 MB, in base64 (RFC 4648, section 4 or 5; padding and line breaks are optional), or a `data:` URL
   * whose data are base64 or percent-encoded.
   */
  { base64: Scalars['String']['input']; upload?: never; url?: never; }
  |  /** A file of a multipart request; at most 20 MB. */
  { base64?: never; upload: Scalars['Upload']['input']; url?: never; }
  |  /** An https address that anyone may read. It is fetched within 5 seconds, at most 20 MB; addresses of private networks are refused. */
  { base64?: never; upload?: never; url: Scalars['URL']['input']; };

/** What the optimisation starts from. */
export type Init =
  /** The photograph in the painting's colours. */
  | 'CONTENT'
  /** A random picture, as in the paper. */
  | 'NOISE';

/** An optimisation or a training, done in the job service. */
export type Job = Node & {
  __typename?: 'Job';
  /** Which attempt is underway, from 1; 0 before the first is dispatched. */
  attempt: Scalars['Int']['output'];
  /** When it was asked for. */
  createdAt: Scalars['DateTime']['output'];
  /** Why the job service did not take the job at the last try; null once it has taken it. */
  dispatchError?: Maybe<Scalars['String']['output']>;
  /** Why it FAILED or EXPIRED, and what to do. */
  error?: Maybe<Scalars['String']['output']>;
  /** When it ended. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Names it, for good. */
  id: Scalars['ID']['output'];
  /** What it makes. */
  kind: JobKind;
  /** The curve so far, oldest first; thinned out to at most 400 points. */
  losses: Array<LossPoint>;
  /** The picture as it was lately; null before the first. */
  preview?: Maybe<StoredImage>;
  /** In [0, 1]. */
  progress: Scalars['Float']['output'];
  /** What reckons or reckoned it: `cpu`, `webgpu` or `cuda`; null before its first step. */
  provider?: Maybe<Scalars['String']['output']>;
  /** The picture, when the job has SUCCEEDED and until it expires; a training has none. */
  result?: Maybe<StoredImage>;
  /** When its first step was taken. */
  startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Where it stands. */
  state: JobState;
  /** Steps that were taken. */
  step: Scalars['Int']['output'];
  /** Steps there will be; 0 until they are known. */
  steps: Scalars['Int']['output'];
  /** The trained style, when the job has SUCCEEDED; an optimisation has none. */
  style?: Maybe<Style>;
  /** When the webhook was delivered; null where it was not, or there is none. */
  webhookDeliveredAt?: Maybe<Scalars['DateTime']['output']>;
  /** Why the webhook was not delivered at the last try; null where it was delivered, or was not called yet. */
  webhookError?: Maybe<Scalars['String']['output']>;
};

/** The job is cancelled: its state is CANCELED, and the job service stops at its next report. */
export type JobCanceled = {
  __typename?: 'JobCanceled';
  /** The job. */
  job: Job;
};

/** A page of jobs. */
export type JobConnection = {
  __typename?: 'JobConnection';
  /** The jobs of this page. */
  edges: Array<JobEdge>;
  /** Where the page stands. */
  pageInfo: PageInfo;
};

/** A job in a page. */
export type JobEdge = {
  __typename?: 'JobEdge';
  /** Give it as `after` to read on from here. */
  cursor: Scalars['String']['output'];
  /** The job. */
  node: Job;
};

/** What a job makes. */
export type JobKind =
  /** A picture, optimised step by step: `optimizeStyle`. */
  | 'OPTIMIZE_STYLE'
  /** A style, trained of a painting: `trainStyle`. */
  | 'TRAIN_STYLE';

/** The job is accepted, now or by an earlier request with the same idempotency key. */
export type JobStarted = {
  __typename?: 'JobStarted';
  /** The job. */
  job: Job;
};

/**
 * Where a job stands. It never goes back: QUEUED, DISPATCHED, RUNNING, then one of the four ends. Another attempt raises
 * `Job.attempt` and leaves the state.
 */
export type JobState =
  /** It was cancelled. */
  | 'CANCELED'
  /** The job service has accepted it. */
  | 'DISPATCHED'
  /** Its deadline passed before it was done. */
  | 'EXPIRED'
  /** It could not be done; `error` says why and what to do. */
  | 'FAILED'
  /** It is accepted, and waits to be handed to the job service. */
  | 'QUEUED'
  /** Its first step was taken. */
  | 'RUNNING'
  /** Its result is there. */
  | 'SUCCEEDED';

/** A layer of the loss network, and how much it counts. */
export type LayerWeight = {
  /** Its name, such as `activation_3` or `mixed0`. */
  layer: Scalars['String']['input'];
  /** In (0, 100]. */
  weight: Scalars['Float']['input'];
};

/** `refuseLookalikes` was asked for, and other subjects are this near. Nothing was stored. */
export type LooksLikeOthers = Problem & {
  __typename?: 'LooksLikeOthers';
  /** Those subjects, the nearest first; at most five. */
  lookalikes?: Maybe<Array<Candidate>>;
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** The losses at one step, for a curve. */
export type LossPoint = {
  __typename?: 'LossPoint';
  /** J_content, relative to a picture that has nothing of the content. */
  content: Scalars['Float']['output'];
  /** From 1. */
  step: Scalars['Int']['output'];
  /** J_style, relative to a picture that has nothing of the style. */
  style: Scalars['Float']['output'];
  /** J. */
  total: Scalars['Float']['output'];
};

/** One face was asked for, and several stand out about equally. */
export type ManyFaces = Problem & {
  __typename?: 'ManyFaces';
  /** The faces, the most prominent first; at most ten. */
  faces: Array<Face>;
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** Two subjects of one collection that turned out to be one person. */
export type MergeSubjectsInput = {
  /** The subject whose templates move to the other; it is deleted. */
  from: Scalars['ID']['input'];
  /** 1 to 200 characters. The same key with the same ids answers the same for a day. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The subject that stays, with its name and externalId. */
  into: Scalars['ID']['input'];
};

/** What `mergeSubjects` answers. */
export type MergeSubjectsResult = Conflict | NotFound | SubjectsMerged;

/** One measured figure. */
export type Metric = {
  __typename?: 'Metric';
  /** What it was measured on. */
  dataset: Scalars['String']['output'];
  /** What was measured. */
  name: Scalars['String']['output'];
  /** The figure. */
  value: Scalars['Float']['output'];
};

/** A neural network of this deployment. */
export type Model = {
  __typename?: 'Model';
  /** The size of the file that runs. */
  bytes: Scalars['Int']['output'];
  /** How many numbers an embedding has; null where it does not embed. */
  dimension?: Maybe<Scalars['Int']['output']>;
  /** Its name and size: what templates and collections refer to. */
  id: Scalars['ID']['output'];
  /** Its licence, as an SPDX expression. */
  license: Scalars['String']['output'];
  /** How well it does, as measured. */
  metrics: Array<Metric>;
  /** What it does: it finds faces (detector), places landmarks in them (landmarks), or embeds them (embedder). */
  role: Scalars['String']['output'];
  /** SHA-256 of the file that runs, hexadecimal. */
  sha256: Scalars['String']['output'];
  /** The package, version and file that it was built from. */
  source: Scalars['String']['output'];
};

/** The templates come from a model that this deployment does not carry, so that nothing can be compared with them. */
export type ModelMismatch = Problem & {
  __typename?: 'ModelMismatch';
  /** The model of the templates. */
  expected: Scalars['ID']['output'];
  /** The model that is here. */
  found: Scalars['ID']['output'];
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Cancels a job that has not ended. */
  cancelJob: CancelJobResult;
  /** Makes a key. */
  createApiKey: CreateApiKeyResult;
  /** Makes an empty collection. */
  createCollection: CreateCollectionResult;
  /** Deletes a collection with all its people and destroys their templates. */
  deleteCollection: DeleteResult;
  /** Deletes a person and destroys all their templates. */
  deleteSubject: DeleteResult;
  /** Destroys one template. The person stays. */
  deleteTemplate: DeleteResult;
  /** Finds faces. Stores nothing and is safe to repeat. A mutation, because clients cache queries and cannot tell one file from another. */
  detect: DetectResult;
  /** Adds one template to a subject, or creates the subject. One photograph is enough; more make it surer. */
  enroll: EnrollResult;
  /**
   * One to many: who in the collection is in the picture, if anybody? Stores nothing and is safe to repeat. A mutation, because clients
   * cache queries and cannot tell one file from another.
   */
  identify: IdentifyResult;
  /** Makes one person of two. */
  mergeSubjects: MergeSubjectsResult;
  /** Starts the optimisation of a picture in the job service: slow and beautiful. Watch it by `jobUpdated`. */
  optimizeStyle: StartJobResult;
  /** Revokes a key: it ceases to work where this is asked at once, and everywhere within 5 seconds. `templates` is 0. */
  revokeApiKey: DeleteResult;
  /**
   * Paints a photograph in the manner of a painting, in this very request. What it stores expires, and a repeated call paints the same
   * picture again, so it takes no idempotency key.
   */
  stylize: StylizeResult;
  /** Starts the training of a style in the job service. When it is done, `stylize` paints in it. */
  trainStyle: StartJobResult;
  /** Changes a person's name or externalId. */
  updateSubject: UpdateSubjectResult;
  /**
   * One to one: is this the person who enrolled, or the one in the other picture? Stores nothing and is safe to repeat. A mutation,
   * because clients cache queries and cannot tell one file from another.
   */
  verify: VerifyResult;
};


export type MutationCancelJobArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCreateApiKeyArgs = {
  input: CreateApiKeyInput;
};


export type MutationCreateCollectionArgs = {
  input: CreateCollectionInput;
};


export type MutationDeleteCollectionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationDeleteSubjectArgs = {
  id: Scalars['ID']['input'];
};


export type MutationDeleteTemplateArgs = {
  id: Scalars['ID']['input'];
};


export type MutationDetectArgs = {
  image: ImageInput;
  maxFaces?: InputMaybe<Scalars['Int']['input']>;
};


export type MutationEnrollArgs = {
  input: EnrollInput;
};


export type MutationIdentifyArgs = {
  input: IdentifyInput;
};


export type MutationMergeSubjectsArgs = {
  input: MergeSubjectsInput;
};


export type MutationOptimizeStyleArgs = {
  input: OptimizeStyleInput;
};


export type MutationRevokeApiKeyArgs = {
  id: Scalars['ID']['input'];
};


export type MutationStylizeArgs = {
  input: StylizeInput;
};


export type MutationTrainStyleArgs = {
  input: TrainStyleInput;
};


export type MutationUpdateSubjectArgs = {
  input: UpdateSubjectInput;
};


export type MutationVerifyArgs = {
  input: VerifyInput;
};

/** The picture has no face, or none that can be seen well enough. */
export type NoFace = Problem & {
  __typename?: 'NoFace';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** The subject has no template to compare with, because all of them were deleted. */
export type NoTemplate = Problem & {
  __typename?: 'NoTemplate';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The subject. */
  subjectId: Scalars['ID']['output'];
};

/** Whatever has an id of its own. */
export type Node = {
  /** Opaque, and unique over all types. */
  id: Scalars['ID']['output'];
};

/** There is nothing with this id, or it belongs to somebody else. */
export type NotFound = Problem & {
  __typename?: 'NotFound';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The id that was asked for; of a subject that was asked for by its externalId, that. */
  missingId: Scalars['ID']['output'];
};

/** How sure to be: a target false match rate (the default, 1e-4), or a fixed squared distance. */
export type OperatingPoint =
  /** The largest squared L2 distance that still is a match, in [0, 4]. */
  { distance: Scalars['Float']['input']; targetFmr?: never; }
  |  /** How often two people may be taken for one, between 0 and 1. */
  { distance?: never; targetFmr: Scalars['Float']['input']; };

/**
 * J(G) = contentWeight·J_content + styleWeight·J_style + smoothness·TV, minimised over the picture G. What is left out is the
 * recipe's own.
 */
export type OptimizeStyleInput = {
  /** The photograph. */
  content: ImageInput;
  /** The layer whose features are the content. */
  contentLayer?: InputMaybe<Scalars['String']['input']>;
  /** α, in [0, 1000]. */
  contentWeight?: InputMaybe<Scalars['Float']['input']>;
  /** When it is given up, in seconds from now, in 60..604800; left out: a day. */
  deadlineSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** 1 to 200 characters. The same key with the same input starts nothing again for a day; with another, it is a Conflict. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** What it starts from; left out: CONTENT. */
  init?: InputMaybe<Init>;
  /** The longer side of the result in pixels, in 64..2048. */
  maxSide?: InputMaybe<Scalars['Int']['input']>;
  /** What goes downhill. */
  optimizer?: InputMaybe<Optimizer>;
  /** Whether the photograph keeps its hues under the painting's strokes. */
  preserveColors?: InputMaybe<Scalars['Boolean']['input']>;
  /** Steps between previews, in 1..2000; left out: a tenth of the steps. */
  previewEvery?: InputMaybe<Scalars['Int']['input']>;
  /** How it is optimised. */
  recipe?: InputMaybe<Recipe>;
  /** In 0..4294967295. The same seed on the same hardware gives the same picture. */
  seed?: InputMaybe<Scalars['SafeInt']['input']>;
  /** Weight of the total variation, in [0, 1000]. */
  smoothness?: InputMaybe<Scalars['Float']['input']>;
  /** How many steps, in 1..2000. */
  steps?: InputMaybe<Scalars['Int']['input']>;
  /** The layers whose Gram matrices, or moments, are the style: at most 12. */
  styleLayers?: InputMaybe<Array<LayerWeight>>;
  /** β, in [0, 1000]. */
  styleWeight?: InputMaybe<Scalars['Float']['input']>;
  /** One to four paintings. */
  styles: Array<WeightedStyle>;
  /** Where to POST, as Standard Webhooks has it, when the job has ended: https, on the public internet. */
  webhook?: InputMaybe<Scalars['URL']['input']>;
};

/** What goes downhill. */
export type Optimizer =
  /** Adam. */
  | 'ADAM'
  /** Limited-memory BFGS with a strong-Wolfe line search. */
  | 'LBFGS';

/** Whether a face was found in the collection. */
export type Outcome =
  /** At least one person is near enough. */
  | 'IDENTIFIED'
  /** Nobody in the collection is near enough. */
  | 'NOBODY';

/** Where a page stands in its list. Pages go forwards: `first` and `after`. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** The cursor of the last item: give it as `after` to read on. Null where the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether something follows this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether something comes before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item; null where the page is empty. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** A point in pixels of the upright picture; the origin is its top left corner. */
export type Point = {
  __typename?: 'Point';
  /** To the right. */
  x: Scalars['Float']['output'];
  /** Downwards. */
  y: Scalars['Float']['output'];
};

/** The face is too poor to be recognised surely. */
export type PoorQuality = Problem & {
  __typename?: 'PoorQuality';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The quality that was asked for, in [0, 1]. */
  minimum: Scalars['Float']['output'];
  /** The face's quality, in [0, 1]. */
  quality: Scalars['Float']['output'];
};

/** An outcome that a client should expect and handle. */
export type Problem = {
  /** What happened and what to do, for people. Programs go by the type. */
  message: Scalars['String']['output'];
};

export type Query = {
  __typename?: 'Query';
  /** The tenant's keys, oldest first, without their secrets. */
  apiKeys: Array<ApiKey>;
  /** A collection by its id; null where there is no such collection, or it belongs to somebody else. */
  collection?: Maybe<Collection>;
  /** All collections, oldest first. */
  collections: CollectionConnection;
  /** A job, by its id. Null where there is none, or it belongs to somebody else. */
  job?: Maybe<Job>;
  /** Jobs, newest first. */
  jobs: JobConnection;
  /** The neural networks of this deployment, with their sources and licences. Any valid key may ask. */
  models: Array<Model>;
  /**
   * An object by its id, for any object that the key may read otherwise: a collection (ENROLL or MANAGE), a subject or a template
   * (MANAGE), a job or a style (STYLIZE), an API key (ADMIN), the key's own tenant (any key). Null where there is no such object,
   * where it belongs to another tenant, or where the key lacks the scope.
   */
  node?: Maybe<Node>;
  /** The styles that come with the product, then the tenant's own, trained ones, the newest thousand. */
  styles: Array<Style>;
  /** A person by what the client calls them; null where the collection has nobody with this externalId, or belongs to somebody else. */
  subject?: Maybe<Subject>;
  /** Who is asking, by the key. Any valid key may ask. */
  viewer: Viewer;
};


export type QueryCollectionArgs = {
  id: Scalars['ID']['input'];
};


export type QueryCollectionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryJobArgs = {
  id: Scalars['ID']['input'];
};


export type QueryJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  state?: InputMaybe<JobState>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QuerySubjectArgs = {
  collectionId: Scalars['ID']['input'];
  externalId: Scalars['String']['input'];
};

/** How a picture is optimised. */
export type Recipe =
  /** Gatys et al. 2016, with the photograph in the painting's colours as the content. */
  | 'GATYS'
  /** Colour transfer, optimisation at half size, projection onto the painting's own patches; faces are kept. */
  | 'PAINTERLY';

/** Whom to compare with. */
export type ReferenceInput =
  /** An enrolled subject, by what the client calls the person. */
  { externalId: ExternalReferenceInput; image?: never; subjectId?: never; }
  |  /** Another picture. It is not stored. */
  { externalId?: never; image: ImageInput; subjectId?: never; }
  |  /** An enrolled subject. */
  { externalId?: never; image?: never; subjectId: Scalars['ID']['input']; };

/** What a key may do. */
export type Scope =
  /** Everything, and the API keys. */
  | 'ADMIN'
  /** Enroll faces, and see the collections to enroll into. */
  | 'ENROLL'
  /** Identify faces, one to many. */
  | 'IDENTIFY'
  /** See, change and delete collections, subjects and templates. */
  | 'MANAGE'
  /** Paint pictures, start and see jobs, and train styles. */
  | 'STYLIZE'
  /** Verify faces, one to one. */
  | 'VERIFY';

/** What `optimizeStyle` and `trainStyle` answer. */
export type StartJobResult = BadImage | Conflict | JobStarted | NotFound | TooManyJobs;

/**
 * A picture that is kept until it expires. Its address is signed and needs no API key: whoever has it sees the picture. It
 * answers conditional requests and ranges.
 */
export type StoredImage = {
  __typename?: 'StoredImage';
  /** Its media type: `image/jpeg`, `image/png` or `image/webp`. */
  contentType: Scalars['String']['output'];
  /** When it is deleted and its address ceases to work. */
  expiresAt: Scalars['DateTime']['output'];
  /** In pixels. */
  height: Scalars['Int']['output'];
  /** SHA-256 of its bytes, hexadecimal. */
  sha256: Scalars['String']['output'];
  /** Where it is until it expires. */
  url: Scalars['URL']['output'];
  /** In pixels. */
  width: Scalars['Int']['output'];
};

/** A way of painting: one that comes with the product, or one that a training job made of a painting. */
export type Style = Node & {
  __typename?: 'Style';
  /** Names it, for good: what `stylize` and `optimizeStyle` are told. */
  id: Scalars['ID']['output'];
  /** The net that paints it: `stylenet-` and the start of the SHA-256 of its file. */
  modelId: Scalars['ID']['output'];
  /** What it is called. */
  name: Scalars['String']['output'];
  /** The painting it was learned of: title and author, or for a trained style the job that made it. */
  origin: Scalars['String']['output'];
  /** A small picture of the painting. A style that was trained has a signed, expiring address. */
  thumbnail: Scalars['URL']['output'];
};

/** A painting: a picture, or a style that has one. */
export type StyleSource =
  /** A picture of it. */
  { image: ImageInput; styleId?: never; }
  |  /** A style of `styles`; its painting is taken. */
  { image?: never; styleId: Scalars['ID']['input']; };

/** What to paint at once, and in the manner of what. */
export type StylizeInput = {
  /** The photograph. */
  image: ImageInput;
  /** The longer side of the result in pixels, in 64..2048; a smaller photograph is not enlarged. */
  maxSide?: InputMaybe<Scalars['Int']['input']>;
  /** Whether the photograph keeps its hues under the painting's strokes. */
  preserveColors?: InputMaybe<Scalars['Boolean']['input']>;
  /** How it is painted. */
  quality?: InputMaybe<StylizeQuality>;
  /** How much of the painting is in the picture, in [0, 1]; the rest is the photograph. */
  strength?: InputMaybe<Scalars['Float']['input']>;
  /** A style of `styles`, by its id; one that comes with the product also by its name. */
  styleId: Scalars['ID']['input'];
};

/** How a picture is painted at once. */
export type StylizeQuality =
  /** The style's net alone. */
  | 'FAST'
  /**
   * The net, then projected onto the painting's own patches, so that what is seen are its strokes; faces are kept. A picture of more
   * than a megapixel has the strokes of one of a megapixel, enlarged.
   */
  | 'FINE';

/** What `stylize` answers. */
export type StylizeResult = BadImage | NotFound | Stylized;

/** The picture is painted. */
export type Stylized = {
  __typename?: 'Stylized';
  /** The result: JPEG. */
  image: StoredImage;
  /** How long it took, in milliseconds; null where the clock stands still while the CPU works. */
  millis?: Maybe<Scalars['Float']['output']>;
  /** The style it was painted in. */
  style: Style;
};

/** One person. */
export type Subject = Node & {
  __typename?: 'Subject';
  /** The collection that the person is in. Null where it was deleted, with the person, while it was being read. */
  collection?: Maybe<Collection>;
  /** When the person was first enrolled. */
  createdAt: Scalars['DateTime']['output'];
  /** What the client calls the person; unique in the collection. */
  externalId?: Maybe<Scalars['String']['output']>;
  /** Names it, for good. */
  id: Scalars['ID']['output'];
  /** A name for people to read. */
  name?: Maybe<Scalars['String']['output']>;
  /** The person's faces, oldest first: at most 100. */
  templates: TemplateConnection;
};


/** One person. */
export type SubjectTemplatesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of people. */
export type SubjectConnection = {
  __typename?: 'SubjectConnection';
  /** The people of this page. */
  edges: Array<SubjectEdge>;
  /** Where the page stands. */
  pageInfo: PageInfo;
  /** How many people are in the whole list. */
  totalCount: Scalars['Int']['output'];
};

/** A person's place in a list. */
export type SubjectEdge = {
  __typename?: 'SubjectEdge';
  /** Give it as `after` to read on from here. */
  cursor: Scalars['String']['output'];
  /** The person. */
  node: Subject;
};

/** The person as changed. */
export type SubjectUpdated = {
  __typename?: 'SubjectUpdated';
  /** The person. */
  subject: Subject;
};

/** The two are one. */
export type SubjectsMerged = {
  __typename?: 'SubjectsMerged';
  /** The subject that stayed, with the templates of both. */
  subject: Subject;
};

/** What can be watched, by Server-Sent Events. */
export type Subscription = {
  __typename?: 'Subscription';
  /**
   * The job as it is now, then whenever it changes, until it has ended: by Server-Sent Events (`Accept: text/event-stream`). A
   * client that lost its connection subscribes again and misses nothing that still holds.
   */
  jobUpdated: Job;
};


/** What can be watched, by Server-Sent Events. */
export type SubscriptionJobUpdatedArgs = {
  id: Scalars['ID']['input'];
};

/** One face of a subject, as a model sees it. The vector itself is never shown, and the picture is not kept. */
export type Template = Node & {
  __typename?: 'Template';
  /** When it was enrolled. */
  createdAt: Scalars['DateTime']['output'];
  /** Names it, for good. */
  id: Scalars['ID']['output'];
  /** The model that it comes from: `Model.id`. */
  modelId: Scalars['ID']['output'];
  /** The quality of the face that was enrolled, in [0, 1]. */
  quality: Scalars['Float']['output'];
};

/** A page of a person's faces. */
export type TemplateConnection = {
  __typename?: 'TemplateConnection';
  /** The faces of this page. */
  edges: Array<TemplateEdge>;
  /** Where the page stands. */
  pageInfo: PageInfo;
};

/** A face's place in a list. */
export type TemplateEdge = {
  __typename?: 'TemplateEdge';
  /** Give it as `after` to read on from here. */
  cursor: Scalars['String']['output'];
  /** The face. */
  node: Template;
};

/** One customer. Everything belongs to exactly one. */
export type Tenant = Node & {
  __typename?: 'Tenant';
  /** Names it, for good. */
  id: Scalars['ID']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /**
   * What webhooks of jobs are signed with, as Standard Webhooks has it: `whsec_` and base64. Whoever receives them verifies with
   * it.
   */
  webhookSecret: Scalars['String']['output'];
};

/** The tenant has as many unfinished jobs as it may have. Nothing was started. */
export type TooManyJobs = Problem & {
  __typename?: 'TooManyJobs';
  /** How many unfinished jobs a tenant may have. */
  limit: Scalars['Int']['output'];
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** A painting to learn a style of. */
export type TrainStyleInput = {
  /** How much the photograph's shapes count, in [0, 1000]. */
  contentWeight?: InputMaybe<Scalars['Float']['input']>;
  /** When it is given up, in seconds from now, in 60..604800; left out: a day. */
  deadlineSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** 1 to 200 characters. The same key with the same input starts nothing again for a day; with another, it is a Conflict. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** What the style is to be called: 1 to 200 characters. */
  name: Scalars['String']['input'];
  /** In 0..4294967295. The same seed on the same hardware trains the same net. */
  seed?: InputMaybe<Scalars['SafeInt']['input']>;
  /** How many steps, in 1..20000; left out: 2000. */
  steps?: InputMaybe<Scalars['Int']['input']>;
  /** The painting, at least 64 pixels on each side. */
  style: ImageInput;
  /** How much the painting's manner counts, in [0, 1000]. */
  styleWeight?: InputMaybe<Scalars['Float']['input']>;
  /** Where to POST, as Standard Webhooks has it, when the job has ended: https, on the public internet. */
  webhook?: InputMaybe<Scalars['URL']['input']>;
};

/** What to change about a person. What is left out stays; null takes it away. */
export type UpdateSubjectInput = {
  /** 1 to 200 characters, unique in the collection. */
  externalId?: InputMaybe<Scalars['String']['input']>;
  /** The person. */
  id: Scalars['ID']['input'];
  /** 1 to 200 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
};

/** What `updateSubject` answers. */
export type UpdateSubjectResult = Conflict | NotFound | SubjectUpdated;

/** The answer, with what it was decided by. */
export type Verification = {
  __typename?: 'Verification';
  /** Whether the two are one person. */
  decision: Decision;
  /** The smallest squared L2 distance to the reference's templates, in [0, 4]. */
  distance: Scalars['Float']['output'];
  /** The false match rate expected at this distance: how often somebody else comes this near to the reference. */
  fmr: Scalars['Float']['output'];
  /** Milliseconds of work. Null on Cloudflare, whose clocks stand still while a Worker computes. */
  millis?: Maybe<Scalars['Float']['output']>;
  /** The face in the probe. */
  probe: Face;
  /** The largest distance that would have been a match. */
  threshold: Scalars['Float']['output'];
};

/** Two faces to compare. */
export type VerifyInput = {
  /** How sure to be. */
  operatingPoint?: InputMaybe<OperatingPoint>;
  /** A picture of the one person who is here now. */
  probe: ImageInput;
  /** Who it should be. */
  reference: ReferenceInput;
};

/** What `verify` answers. */
export type VerifyResult = BadImage | ManyFaces | ModelMismatch | NoFace | NoTemplate | NotFound | PoorQuality | Verification;

/** Who is asking. */
export type Viewer = {
  __typename?: 'Viewer';
  /** What the key may do. */
  scopes: Array<Scope>;
  /** To whom the key belongs. */
  tenant: Tenant;
};

/** One of several paintings, and its share. */
export type WeightedStyle = {
  /** The painting. */
  source: StyleSource;
  /** Its share, in (0, 100]; shares are compared with each other. */
  weight?: InputMaybe<Scalars['Float']['input']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  CancelJobResult:
    | ( ConflictRow )
    | ( JobCanceledRow )
    | ( NotFoundRow )
  ;
  CreateApiKeyResult:
    | ( ApiKeyCreatedRow )
    | ( ConflictRow )
  ;
  CreateCollectionResult:
    | ( CollectionCreatedRow )
    | ( ConflictRow )
  ;
  DeleteResult:
    | ( DeletedRow )
    | ( NotFoundRow )
  ;
  DetectResult:
    | ( BadImageRow )
    | ( TimedDetectionRow )
  ;
  EnrollResult:
    | ( BadImageRow )
    | ( ConflictRow )
    | ( DifferentPersonRow )
    | ( EnrolledRow )
    | ( LooksLikeOthersRow )
    | ( ManyFacesRow )
    | ( ModelMismatchRow )
    | ( NoFaceRow )
    | ( NotFoundRow )
    | ( PoorQualityRow )
  ;
  IdentifyResult:
    | ( BadImageRow )
    | ( TimedIdentificationRow )
    | ( ModelMismatchRow )
    | ( NoFaceRow )
    | ( NotFoundRow )
  ;
  MergeSubjectsResult:
    | ( ConflictRow )
    | ( NotFoundRow )
    | ( SubjectsMergedRow )
  ;
  StartJobResult:
    | ( BadImageRow )
    | ( ConflictRow )
    | ( JobStartedRow )
    | ( NotFoundRow )
    | ( TooManyJobsRow )
  ;
  StylizeResult:
    | ( BadImageRow )
    | ( NotFoundRow )
    | ( TimedStylizationRow )
  ;
  UpdateSubjectResult:
    | ( ConflictRow )
    | ( NotFoundRow )
    | ( SubjectUpdatedRow )
  ;
  VerifyResult:
    | ( BadImageRow )
    | ( ManyFacesRow )
    | ( ModelMismatchRow )
    | ( NoFaceRow )
    | ( NoTemplateRow )
    | ( NotFoundRow )
    | ( PoorQualityRow )
    | ( TimedVerificationRow )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( ApiKeyRow )
    | ( CollectionRow )
    | ( JobRow )
    | ( StyleRow )
    | ( SubjectRow )
    | ( TemplateRecordRow )
    | ( TenantRow )
  ;
  Problem:
    | ( BadImageRow )
    | ( ConflictRow )
    | ( DifferentPersonRow )
    | ( LooksLikeOthersRow )
    | ( ManyFacesRow )
    | ( ModelMismatchRow )
    | ( NoFaceRow )
    | ( NoTemplateRow )
    | ( NotFoundRow )
    | ( PoorQualityRow )
    | ( TooManyJobsRow )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  ApiKey: ResolverTypeWrapper<ApiKeyRow>;
  ApiKeyCreated: ResolverTypeWrapper<ApiKeyCreatedRow>;
  BadImage: ResolverTypeWrapper<BadImageRow>;
  BadImageReason: BadImageReason;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Box: ResolverTypeWrapper<Box>;
  Calibration: ResolverTypeWrapper<CalibrationRow>;
  CalibrationPoint: ResolverTypeWrapper<CalibrationPoint>;
  CancelJobResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CancelJobResult']>;
  Candidate: ResolverTypeWrapper<Omit<Candidate, 'subject'> & { subject: ResolversTypes['Subject'] }>;
  Collection: ResolverTypeWrapper<CollectionRow>;
  CollectionConnection: ResolverTypeWrapper<CollectionPageRow>;
  CollectionCreated: ResolverTypeWrapper<CollectionCreatedRow>;
  CollectionEdge: ResolverTypeWrapper<Omit<CollectionEdge, 'node'> & { node: ResolversTypes['Collection'] }>;
  Conflict: ResolverTypeWrapper<ConflictRow>;
  CostList: CostList;
  CostPart: CostPart;
  CreateApiKeyInput: CreateApiKeyInput;
  CreateApiKeyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateApiKeyResult']>;
  CreateCollectionInput: CreateCollectionInput;
  CreateCollectionResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateCollectionResult']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Decision: Decision;
  DeleteResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteResult']>;
  Deleted: ResolverTypeWrapper<DeletedRow>;
  DetectResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DetectResult']>;
  Detection: ResolverTypeWrapper<TimedDetectionRow>;
  DifferentPerson: ResolverTypeWrapper<DifferentPersonRow>;
  EnrollInput: EnrollInput;
  EnrollResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['EnrollResult']>;
  Enrolled: ResolverTypeWrapper<EnrolledRow>;
  ExternalReferenceInput: ExternalReferenceInput;
  Face: ResolverTypeWrapper<FaceRow>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Identification: ResolverTypeWrapper<TimedIdentificationRow>;
  IdentifiedFace: ResolverTypeWrapper<IdentifiedFaceRow>;
  IdentifyInput: IdentifyInput;
  IdentifyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['IdentifyResult']>;
  ImageInput: ImageInput;
  Init: Init;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Job: ResolverTypeWrapper<JobRow>;
  JobCanceled: ResolverTypeWrapper<JobCanceledRow>;
  JobConnection: ResolverTypeWrapper<JobPageRow>;
  JobEdge: ResolverTypeWrapper<Omit<JobEdge, 'node'> & { node: ResolversTypes['Job'] }>;
  JobKind: JobKind;
  JobStarted: ResolverTypeWrapper<JobStartedRow>;
  JobState: JobState;
  LayerWeight: LayerWeight;
  LooksLikeOthers: ResolverTypeWrapper<LooksLikeOthersRow>;
  LossPoint: ResolverTypeWrapper<LossPoint>;
  ManyFaces: ResolverTypeWrapper<ManyFacesRow>;
  MergeSubjectsInput: MergeSubjectsInput;
  MergeSubjectsResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['MergeSubjectsResult']>;
  Metric: ResolverTypeWrapper<Metric>;
  Model: ResolverTypeWrapper<ModelEntryRow>;
  ModelMismatch: ResolverTypeWrapper<ModelMismatchRow>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  NoFace: ResolverTypeWrapper<NoFaceRow>;
  NoTemplate: ResolverTypeWrapper<NoTemplateRow>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  NotFound: ResolverTypeWrapper<NotFoundRow>;
  OperatingPoint: OperatingPoint;
  OptimizeStyleInput: OptimizeStyleInput;
  Optimizer: Optimizer;
  Outcome: Outcome;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Point: ResolverTypeWrapper<Point>;
  PoorQuality: ResolverTypeWrapper<PoorQualityRow>;
  Problem: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Problem']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Recipe: Recipe;
  ReferenceInput: ReferenceInput;
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>;
  Scope: Scope;
  StartJobResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['StartJobResult']>;
  StoredImage: ResolverTypeWrapper<StoredImageRow>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Style: ResolverTypeWrapper<StyleRow>;
  StyleSource: StyleSource;
  StylizeInput: StylizeInput;
  StylizeQuality: StylizeQuality;
  StylizeResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['StylizeResult']>;
  Stylized: ResolverTypeWrapper<TimedStylizationRow>;
  Subject: ResolverTypeWrapper<SubjectRow>;
  SubjectConnection: ResolverTypeWrapper<SubjectPageRow>;
  SubjectEdge: ResolverTypeWrapper<Omit<SubjectEdge, 'node'> & { node: ResolversTypes['Subject'] }>;
  SubjectUpdated: ResolverTypeWrapper<SubjectUpdatedRow>;
  SubjectsMerged: ResolverTypeWrapper<SubjectsMergedRow>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Template: ResolverTypeWrapper<TemplateRecordRow>;
  TemplateConnection: ResolverTypeWrapper<TemplatePageRow>;
  TemplateEdge: ResolverTypeWrapper<Omit<TemplateEdge, 'node'> & { node: ResolversTypes['Template'] }>;
  Tenant: ResolverTypeWrapper<TenantRow>;
  TooManyJobs: ResolverTypeWrapper<TooManyJobsRow>;
  TrainStyleInput: TrainStyleInput;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  UpdateSubjectInput: UpdateSubjectInput;
  UpdateSubjectResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateSubjectResult']>;
  Upload: ResolverTypeWrapper<Scalars['Upload']['output']>;
  Verification: ResolverTypeWrapper<TimedVerificationRow>;
  VerifyInput: VerifyInput;
  VerifyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['VerifyResult']>;
  Viewer: ResolverTypeWrapper<Omit<Viewer, 'tenant'> & { tenant: ResolversTypes['Tenant'] }>;
  WeightedStyle: WeightedStyle;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  ApiKey: ApiKeyRow;
  ApiKeyCreated: ApiKeyCreatedRow;
  BadImage: BadImageRow;
  Boolean: Scalars['Boolean']['output'];
  Box: Box;
  Calibration: CalibrationRow;
  CalibrationPoint: CalibrationPoint;
  CancelJobResult: ResolversUnionTypes<ResolversParentTypes>['CancelJobResult'];
  Candidate: Omit<Candidate, 'subject'> & { subject: ResolversParentTypes['Subject'] };
  Collection: CollectionRow;
  CollectionConnection: CollectionPageRow;
  CollectionCreated: CollectionCreatedRow;
  CollectionEdge: Omit<CollectionEdge, 'node'> & { node: ResolversParentTypes['Collection'] };
  Conflict: ConflictRow;
  CostList: CostList;
  CostPart: CostPart;
  CreateApiKeyInput: CreateApiKeyInput;
  CreateApiKeyResult: ResolversUnionTypes<ResolversParentTypes>['CreateApiKeyResult'];
  CreateCollectionInput: CreateCollectionInput;
  CreateCollectionResult: ResolversUnionTypes<ResolversParentTypes>['CreateCollectionResult'];
  DateTime: Scalars['DateTime']['output'];
  DeleteResult: ResolversUnionTypes<ResolversParentTypes>['DeleteResult'];
  Deleted: DeletedRow;
  DetectResult: ResolversUnionTypes<ResolversParentTypes>['DetectResult'];
  Detection: TimedDetectionRow;
  DifferentPerson: DifferentPersonRow;
  EnrollInput: EnrollInput;
  EnrollResult: ResolversUnionTypes<ResolversParentTypes>['EnrollResult'];
  Enrolled: EnrolledRow;
  ExternalReferenceInput: ExternalReferenceInput;
  Face: FaceRow;
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  Identification: TimedIdentificationRow;
  IdentifiedFace: IdentifiedFaceRow;
  IdentifyInput: IdentifyInput;
  IdentifyResult: ResolversUnionTypes<ResolversParentTypes>['IdentifyResult'];
  ImageInput: ImageInput;
  Int: Scalars['Int']['output'];
  Job: JobRow;
  JobCanceled: JobCanceledRow;
  JobConnection: JobPageRow;
  JobEdge: Omit<JobEdge, 'node'> & { node: ResolversParentTypes['Job'] };
  JobStarted: JobStartedRow;
  LayerWeight: LayerWeight;
  LooksLikeOthers: LooksLikeOthersRow;
  LossPoint: LossPoint;
  ManyFaces: ManyFacesRow;
  MergeSubjectsInput: MergeSubjectsInput;
  MergeSubjectsResult: ResolversUnionTypes<ResolversParentTypes>['MergeSubjectsResult'];
  Metric: Metric;
  Model: ModelEntryRow;
  ModelMismatch: ModelMismatchRow;
  Mutation: Record<PropertyKey, never>;
  NoFace: NoFaceRow;
  NoTemplate: NoTemplateRow;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  NotFound: NotFoundRow;
  OperatingPoint: OperatingPoint;
  OptimizeStyleInput: OptimizeStyleInput;
  PageInfo: PageInfo;
  Point: Point;
  PoorQuality: PoorQualityRow;
  Problem: ResolversInterfaceTypes<ResolversParentTypes>['Problem'];
  Query: Record<PropertyKey, never>;
  ReferenceInput: ReferenceInput;
  SafeInt: Scalars['SafeInt']['output'];
  StartJobResult: ResolversUnionTypes<ResolversParentTypes>['StartJobResult'];
  StoredImage: StoredImageRow;
  String: Scalars['String']['output'];
  Style: StyleRow;
  StyleSource: StyleSource;
  StylizeInput: StylizeInput;
  StylizeResult: ResolversUnionTypes<ResolversParentTypes>['StylizeResult'];
  Stylized: TimedStylizationRow;
  Subject: SubjectRow;
  SubjectConnection: SubjectPageRow;
  SubjectEdge: Omit<SubjectEdge, 'node'> & { node: ResolversParentTypes['Subject'] };
  SubjectUpdated: SubjectUpdatedRow;
  SubjectsMerged: SubjectsMergedRow;
  Subscription: Record<PropertyKey, never>;
  Template: TemplateRecordRow;
  TemplateConnection: TemplatePageRow;
  TemplateEdge: Omit<TemplateEdge, 'node'> & { node: ResolversParentTypes['Template'] };
  Tenant: TenantRow;
  TooManyJobs: TooManyJobsRow;
  TrainStyleInput: TrainStyleInput;
  URL: Scalars['URL']['output'];
  UpdateSubjectInput: UpdateSubjectInput;
  UpdateSubjectResult: ResolversUnionTypes<ResolversParentTypes>['UpdateSubjectResult'];
  Upload: Scalars['Upload']['output'];
  Verification: TimedVerificationRow;
  VerifyInput: VerifyInput;
  VerifyResult: ResolversUnionTypes<ResolversParentTypes>['VerifyResult'];
  Viewer: Omit<Viewer, 'tenant'> & { tenant: ResolversParentTypes['Tenant'] };
  WeightedStyle: WeightedStyle;
};

export type CostDirectiveArgs = {
  lists?: Maybe<Array<CostList>>;
  most?: Maybe<Scalars['Int']['input']>;
  plus?: Maybe<Array<CostPart>>;
  weight?: Maybe<Scalars['Float']['input']>;
};

export type CostDirectiveResolver<Result, Parent, ContextType = Context, Args = CostDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type RequiresDirectiveArgs = {
  anyOf: Array<Scope>;
};

export type RequiresDirectiveResolver<Result, Parent, ContextType = Context, Args = RequiresDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ApiKeyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiKey'] = ResolversParentTypes['ApiKey']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastUsedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  prefix?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ApiKeyCreatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiKeyCreated'] = ResolversParentTypes['ApiKeyCreated']> = {
  apiKey?: Resolver<ResolversTypes['ApiKey'], ParentType, ContextType>;
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BadImageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BadImage'] = ResolversParentTypes['BadImage']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['BadImageReason'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BoxResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Box'] = ResolversParentTypes['Box']> = {
  height?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  width?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  x?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  y?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type CalibrationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Calibration'] = ResolversParentTypes['Calibration']> = {
  curve?: Resolver<Array<ResolversTypes['CalibrationPoint']>, ParentType, ContextType>;
  genuinePairs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  impostorPairs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CalibrationPointResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CalibrationPoint'] = ResolversParentTypes['CalibrationPoint']> = {
  distance?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  fmr?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  fnmr?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type CancelJobResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelJobResult'] = ResolversParentTypes['CancelJobResult']> = {
  __resolveType: TypeResolveFn<'Conflict' | 'JobCanceled' | 'NotFound', ParentType, ContextType>;
};

export type CandidateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Candidate'] = ResolversParentTypes['Candidate']> = {
  distance?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  fpir?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
};

export type CollectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Collection'] = ResolversParentTypes['Collection']> = {
  calibration?: Resolver<Maybe<ResolversTypes['Calibration']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  modelId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  subjectCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  subjects?: Resolver<ResolversTypes['SubjectConnection'], ParentType, ContextType, RequireFields<CollectionSubjectsArgs, 'first'>>;
  templateCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CollectionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CollectionConnection'] = ResolversParentTypes['CollectionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['CollectionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CollectionCreatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CollectionCreated'] = ResolversParentTypes['CollectionCreated']> = {
  collection?: Resolver<ResolversTypes['Collection'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CollectionEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CollectionEdge'] = ResolversParentTypes['CollectionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Collection'], ParentType, ContextType>;
};

export type ConflictResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Conflict'] = ResolversParentTypes['Conflict']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateApiKeyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateApiKeyResult'] = ResolversParentTypes['CreateApiKeyResult']> = {
  __resolveType: TypeResolveFn<'ApiKeyCreated' | 'Conflict', ParentType, ContextType>;
};

export type CreateCollectionResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateCollectionResult'] = ResolversParentTypes['CreateCollectionResult']> = {
  __resolveType: TypeResolveFn<'CollectionCreated' | 'Conflict', ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteResult'] = ResolversParentTypes['DeleteResult']> = {
  __resolveType: TypeResolveFn<'Deleted' | 'NotFound', ParentType, ContextType>;
};

export type DeletedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Deleted'] = ResolversParentTypes['Deleted']> = {
  deletedId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  templates?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DetectResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DetectResult'] = ResolversParentTypes['DetectResult']> = {
  __resolveType: TypeResolveFn<'BadImage' | 'Detection', ParentType, ContextType>;
};

export type DetectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Detection'] = ResolversParentTypes['Detection']> = {
  faces?: Resolver<Array<ResolversTypes['Face']>, ParentType, ContextType>;
  height?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  millis?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  width?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DifferentPersonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DifferentPerson'] = ResolversParentTypes['DifferentPerson']> = {
  distance?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  subjectId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  threshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type EnrollResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EnrollResult'] = ResolversParentTypes['EnrollResult']> = {
  __resolveType: TypeResolveFn<'BadImage' | 'Conflict' | 'DifferentPerson' | 'Enrolled' | 'LooksLikeOthers' | 'ManyFaces' | 'ModelMismatch' | 'NoFace' | 'NotFound' | 'PoorQuality', ParentType, ContextType>;
};

export type EnrolledResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Enrolled'] = ResolversParentTypes['Enrolled']> = {
  created?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  face?: Resolver<ResolversTypes['Face'], ParentType, ContextType>;
  lookalikes?: Resolver<Maybe<Array<ResolversTypes['Candidate']>>, ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
  template?: Resolver<ResolversTypes['Template'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FaceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Face'] = ResolversParentTypes['Face']> = {
  box?: Resolver<ResolversTypes['Box'], ParentType, ContextType>;
  confidence?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  landmarks?: Resolver<Array<ResolversTypes['Point']>, ParentType, ContextType>;
  quality?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type IdentificationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Identification'] = ResolversParentTypes['Identification']> = {
  faces?: Resolver<Array<ResolversTypes['IdentifiedFace']>, ParentType, ContextType>;
  gallerySize?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  millis?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  threshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IdentifiedFaceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentifiedFace'] = ResolversParentTypes['IdentifiedFace']> = {
  candidates?: Resolver<Array<ResolversTypes['Candidate']>, ParentType, ContextType>;
  face?: Resolver<ResolversTypes['Face'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['Outcome'], ParentType, ContextType>;
};

export type IdentifyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentifyResult'] = ResolversParentTypes['IdentifyResult']> = {
  __resolveType: TypeResolveFn<'BadImage' | 'Identification' | 'ModelMismatch' | 'NoFace' | 'NotFound', ParentType, ContextType>;
};

export type JobResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Job'] = ResolversParentTypes['Job']> = {
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dispatchError?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['JobKind'], ParentType, ContextType>;
  losses?: Resolver<Array<ResolversTypes['LossPoint']>, ParentType, ContextType>;
  preview?: Resolver<Maybe<ResolversTypes['StoredImage']>, ParentType, ContextType>;
  progress?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  provider?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  result?: Resolver<Maybe<ResolversTypes['StoredImage']>, ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['JobState'], ParentType, ContextType>;
  step?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  steps?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  style?: Resolver<Maybe<ResolversTypes['Style']>, ParentType, ContextType>;
  webhookDeliveredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  webhookError?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type JobCanceledResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JobCanceled'] = ResolversParentTypes['JobCanceled']> = {
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type JobConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JobConnection'] = ResolversParentTypes['JobConnection']> = {
  edges?: Resolver<Array<ResolversTypes['JobEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type JobEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JobEdge'] = ResolversParentTypes['JobEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
};

export type JobStartedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JobStarted'] = ResolversParentTypes['JobStarted']> = {
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LooksLikeOthersResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LooksLikeOthers'] = ResolversParentTypes['LooksLikeOthers']> = {
  lookalikes?: Resolver<Maybe<Array<ResolversTypes['Candidate']>>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LossPointResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LossPoint'] = ResolversParentTypes['LossPoint']> = {
  content?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  step?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  style?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ManyFacesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ManyFaces'] = ResolversParentTypes['ManyFaces']> = {
  faces?: Resolver<Array<ResolversTypes['Face']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MergeSubjectsResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MergeSubjectsResult'] = ResolversParentTypes['MergeSubjectsResult']> = {
  __resolveType: TypeResolveFn<'Conflict' | 'NotFound' | 'SubjectsMerged', ParentType, ContextType>;
};

export type MetricResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Metric'] = ResolversParentTypes['Metric']> = {
  dataset?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ModelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Model'] = ResolversParentTypes['Model']> = {
  bytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  dimension?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  license?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  metrics?: Resolver<Array<ResolversTypes['Metric']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ModelMismatchResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ModelMismatch'] = ResolversParentTypes['ModelMismatch']> = {
  expected?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  found?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  cancelJob?: Resolver<ResolversTypes['CancelJobResult'], ParentType, ContextType, RequireFields<MutationCancelJobArgs, 'id'>>;
  createApiKey?: Resolver<ResolversTypes['CreateApiKeyResult'], ParentType, ContextType, RequireFields<MutationCreateApiKeyArgs, 'input'>>;
  createCollection?: Resolver<ResolversTypes['CreateCollectionResult'], ParentType, ContextType, RequireFields<MutationCreateCollectionArgs, 'input'>>;
  deleteCollection?: Resolver<ResolversTypes['DeleteResult'], ParentType, ContextType, RequireFields<MutationDeleteCollectionArgs, 'id'>>;
  deleteSubject?: Resolver<ResolversTypes['DeleteResult'], ParentType, ContextType, RequireFields<MutationDeleteSubjectArgs, 'id'>>;
  deleteTemplate?: Resolver<ResolversTypes['DeleteResult'], ParentType, ContextType, RequireFields<MutationDeleteTemplateArgs, 'id'>>;
  detect?: Resolver<ResolversTypes['DetectResult'], ParentType, ContextType, RequireFields<MutationDetectArgs, 'image' | 'maxFaces'>>;
  enroll?: Resolver<ResolversTypes['EnrollResult'], ParentType, ContextType, RequireFields<MutationEnrollArgs, 'input'>>;
  identify?: Resolver<ResolversTypes['IdentifyResult'], ParentType, ContextType, RequireFields<MutationIdentifyArgs, 'input'>>;
  mergeSubjects?: Resolver<ResolversTypes['MergeSubjectsResult'], ParentType, ContextType, RequireFields<MutationMergeSubjectsArgs, 'input'>>;
  optimizeStyle?: Resolver<ResolversTypes['StartJobResult'], ParentType, ContextType, RequireFields<MutationOptimizeStyleArgs, 'input'>>;
  revokeApiKey?: Resolver<ResolversTypes['DeleteResult'], ParentType, ContextType, RequireFields<MutationRevokeApiKeyArgs, 'id'>>;
  stylize?: Resolver<ResolversTypes['StylizeResult'], ParentType, ContextType, RequireFields<MutationStylizeArgs, 'input'>>;
  trainStyle?: Resolver<ResolversTypes['StartJobResult'], ParentType, ContextType, RequireFields<MutationTrainStyleArgs, 'input'>>;
  updateSubject?: Resolver<ResolversTypes['UpdateSubjectResult'], ParentType, ContextType, RequireFields<MutationUpdateSubjectArgs, 'input'>>;
  verify?: Resolver<ResolversTypes['VerifyResult'], ParentType, ContextType, RequireFields<MutationVerifyArgs, 'input'>>;
};

export type NoFaceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NoFace'] = ResolversParentTypes['NoFace']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NoTemplateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NoTemplate'] = ResolversParentTypes['NoTemplate']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  subjectId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'ApiKey' | 'Collection' | 'Job' | 'Style' | 'Subject' | 'Template' | 'Tenant', ParentType, ContextType>;
};

export type NotFoundResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotFound'] = ResolversParentTypes['NotFound']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  missingId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PointResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Point'] = ResolversParentTypes['Point']> = {
  x?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  y?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type PoorQualityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PoorQuality'] = ResolversParentTypes['PoorQuality']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  minimum?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  quality?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ProblemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Problem'] = ResolversParentTypes['Problem']> = {
  __resolveType: TypeResolveFn<'BadImage' | 'Conflict' | 'DifferentPerson' | 'LooksLikeOthers' | 'ManyFaces' | 'ModelMismatch' | 'NoFace' | 'NoTemplate' | 'NotFound' | 'PoorQuality' | 'TooManyJobs', ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  apiKeys?: Resolver<Array<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  collection?: Resolver<Maybe<ResolversTypes['Collection']>, ParentType, ContextType, RequireFields<QueryCollectionArgs, 'id'>>;
  collections?: Resolver<ResolversTypes['CollectionConnection'], ParentType, ContextType, RequireFields<QueryCollectionsArgs, 'first'>>;
  job?: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType, RequireFields<QueryJobArgs, 'id'>>;
  jobs?: Resolver<ResolversTypes['JobConnection'], ParentType, ContextType, RequireFields<QueryJobsArgs, 'first'>>;
  models?: Resolver<Array<ResolversTypes['Model']>, ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  styles?: Resolver<Array<ResolversTypes['Style']>, ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['Subject']>, ParentType, ContextType, RequireFields<QuerySubjectArgs, 'collectionId' | 'externalId'>>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt';
}

export type StartJobResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StartJobResult'] = ResolversParentTypes['StartJobResult']> = {
  __resolveType: TypeResolveFn<'BadImage' | 'Conflict' | 'JobStarted' | 'NotFound' | 'TooManyJobs', ParentType, ContextType>;
};

export type StoredImageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StoredImage'] = ResolversParentTypes['StoredImage']> = {
  contentType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  height?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['URL'], ParentType, ContextType>;
  width?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type StyleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Style'] = ResolversParentTypes['Style']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  modelId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  origin?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  thumbnail?: Resolver<ResolversTypes['URL'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type StylizeResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StylizeResult'] = ResolversParentTypes['StylizeResult']> = {
  __resolveType: TypeResolveFn<'BadImage' | 'NotFound' | 'Stylized', ParentType, ContextType>;
};

export type StylizedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Stylized'] = ResolversParentTypes['Stylized']> = {
  image?: Resolver<ResolversTypes['StoredImage'], ParentType, ContextType>;
  millis?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  style?: Resolver<ResolversTypes['Style'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubjectResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subject'] = ResolversParentTypes['Subject']> = {
  collection?: Resolver<Maybe<ResolversTypes['Collection']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  externalId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  templates?: Resolver<ResolversTypes['TemplateConnection'], ParentType, ContextType, RequireFields<SubjectTemplatesArgs, 'first'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubjectConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubjectConnection'] = ResolversParentTypes['SubjectConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SubjectEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SubjectEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubjectEdge'] = ResolversParentTypes['SubjectEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
};

export type SubjectUpdatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubjectUpdated'] = ResolversParentTypes['SubjectUpdated']> = {
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubjectsMergedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubjectsMerged'] = ResolversParentTypes['SubjectsMerged']> = {
  subject?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  jobUpdated?: SubscriptionResolver<ResolversTypes['Job'], "jobUpdated", ParentType, ContextType, RequireFields<SubscriptionJobUpdatedArgs, 'id'>>;
};

export type TemplateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Template'] = ResolversParentTypes['Template']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  modelId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quality?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TemplateConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TemplateConnection'] = ResolversParentTypes['TemplateConnection']> = {
  edges?: Resolver<Array<ResolversTypes['TemplateEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type TemplateEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TemplateEdge'] = ResolversParentTypes['TemplateEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Template'], ParentType, ContextType>;
};

export type TenantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Tenant'] = ResolversParentTypes['Tenant']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  webhookSecret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TooManyJobsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TooManyJobs'] = ResolversParentTypes['TooManyJobs']> = {
  limit?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface UrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['URL'], any> {
  name: 'URL';
}

export type UpdateSubjectResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateSubjectResult'] = ResolversParentTypes['UpdateSubjectResult']> = {
  __resolveType: TypeResolveFn<'Conflict' | 'NotFound' | 'SubjectUpdated', ParentType, ContextType>;
};

export interface UploadScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Upload'], any> {
  name: 'Upload';
}

export type VerificationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Verification'] = ResolversParentTypes['Verification']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  distance?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  fmr?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  millis?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  probe?: Resolver<ResolversTypes['Face'], ParentType, ContextType>;
  threshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type VerifyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VerifyResult'] = ResolversParentTypes['VerifyResult']> = {
  __resolveType: TypeResolveFn<'BadImage' | 'ManyFaces' | 'ModelMismatch' | 'NoFace' | 'NoTemplate' | 'NotFound' | 'PoorQuality' | 'Verification', ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  tenant?: Resolver<ResolversTypes['Tenant'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  ApiKey?: ApiKeyResolvers<ContextType>;
  ApiKeyCreated?: ApiKeyCreatedResolvers<ContextType>;
  BadImage?: BadImageResolvers<ContextType>;
  Box?: BoxResolvers<ContextType>;
  Calibration?: CalibrationResolvers<ContextType>;
  CalibrationPoint?: CalibrationPointResolvers<ContextType>;
  CancelJobResult?: CancelJobResultResolvers<ContextType>;
  Candidate?: CandidateResolvers<ContextType>;
  Collection?: CollectionResolvers<ContextType>;
  CollectionConnection?: CollectionConnectionResolvers<ContextType>;
  CollectionCreated?: CollectionCreatedResolvers<ContextType>;
  CollectionEdge?: CollectionEdgeResolvers<ContextType>;
  Conflict?: ConflictResolvers<ContextType>;
  CreateApiKeyResult?: CreateApiKeyResultResolvers<ContextType>;
  CreateCollectionResult?: CreateCollectionResultResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteResult?: DeleteResultResolvers<ContextType>;
  Deleted?: DeletedResolvers<ContextType>;
  DetectResult?: DetectResultResolvers<ContextType>;
  Detection?: DetectionResolvers<ContextType>;
  DifferentPerson?: DifferentPersonResolvers<ContextType>;
  EnrollResult?: EnrollResultResolvers<ContextType>;
  Enrolled?: EnrolledResolvers<ContextType>;
  Face?: FaceResolvers<ContextType>;
  Identification?: IdentificationResolvers<ContextType>;
  IdentifiedFace?: IdentifiedFaceResolvers<ContextType>;
  IdentifyResult?: IdentifyResultResolvers<ContextType>;
  Job?: JobResolvers<ContextType>;
  JobCanceled?: JobCanceledResolvers<ContextType>;
  JobConnection?: JobConnectionResolvers<ContextType>;
  JobEdge?: JobEdgeResolvers<ContextType>;
  JobStarted?: JobStartedResolvers<ContextType>;
  LooksLikeOthers?: LooksLikeOthersResolvers<ContextType>;
  LossPoint?: LossPointResolvers<ContextType>;
  ManyFaces?: ManyFacesResolvers<ContextType>;
  MergeSubjectsResult?: MergeSubjectsResultResolvers<ContextType>;
  Metric?: MetricResolvers<ContextType>;
  Model?: ModelResolvers<ContextType>;
  ModelMismatch?: ModelMismatchResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  NoFace?: NoFaceResolvers<ContextType>;
  NoTemplate?: NoTemplateResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  NotFound?: NotFoundResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Point?: PointResolvers<ContextType>;
  PoorQuality?: PoorQualityResolvers<ContextType>;
  Problem?: ProblemResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  SafeInt?: GraphQLScalarType;
  StartJobResult?: StartJobResultResolvers<ContextType>;
  StoredImage?: StoredImageResolvers<ContextType>;
  Style?: StyleResolvers<ContextType>;
  StylizeResult?: StylizeResultResolvers<ContextType>;
  Stylized?: StylizedResolvers<ContextType>;
  Subject?: SubjectResolvers<ContextType>;
  SubjectConnection?: SubjectConnectionResolvers<ContextType>;
  SubjectEdge?: SubjectEdgeResolvers<ContextType>;
  SubjectUpdated?: SubjectUpdatedResolvers<ContextType>;
  SubjectsMerged?: SubjectsMergedResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Template?: TemplateResolvers<ContextType>;
  TemplateConnection?: TemplateConnectionResolvers<ContextType>;
  TemplateEdge?: TemplateEdgeResolvers<ContextType>;
  Tenant?: TenantResolvers<ContextType>;
  TooManyJobs?: TooManyJobsResolvers<ContextType>;
  URL?: GraphQLScalarType;
  UpdateSubjectResult?: UpdateSubjectResultResolvers<ContextType>;
  Upload?: GraphQLScalarType;
  Verification?: VerificationResolvers<ContextType>;
  VerifyResult?: VerifyResultResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = Context> = {
  cost?: CostDirectiveResolver<any, any, ContextType>;
  requires?: RequiresDirectiveResolver<any, any, ContextType>;
};
