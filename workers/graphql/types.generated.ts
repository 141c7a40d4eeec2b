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
import type { Job as JobRow } from '../jobs/jobs.ts';
import type { JobCanceled as JobCanceledRow } from '../jobs/cancel-job.ts';
import type { JobStarted as JobStartedRow, TooManyJobs as TooManyJobsRow } from '../jobs/start-job.ts';
import type { ModelEntry as ModelEntryRow } from '../../models/catalog.ts';
import type { NoTemplate as NoTemplateRow } from '../verification/verify.ts';
import type { StoredImage as StoredImageRow } from '../platform/stored-image.ts';
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
  /** A date and time in RFC 3339 format, such as `2026-11-23T20:37:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  /** An integer from -(2^53 - 1) to 2^53 - 1, the range that a double represents exactly. The built-in Int is limited to 2^31 - 1. */
  SafeInt: { input: number; output: number; }
  /** A URL, as defined by the WHATWG URL standard. */
  URL: { input: URL; output: URL; }
  /** A file upload, sent according to the GraphQL multipart request specification. https://github.com/jaydenseric/graphql-multipart-request-spec */
  Upload: { input: Uint8Array<ArrayBuffer>; output: Uint8Array<ArrayBuffer>; }
};

/** An API key. The secret is shown once, when the key is created. */
export type ApiKey = Node & {
  __typename?: 'ApiKey';
  /** When the key was created. */
  createdAt: Scalars['DateTime']['output'];
  /** When the key expires. Null if it never expires. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** The permanent ID. It is not secret. Pass it to `revokeApiKey`. */
  id: Scalars['ID']['output'];
  /**
   * When the key was last used to change data, according to the audit log. Null if never. Queries, `verify`, `identify` and `detect`
   * store nothing, so they do not count.
   */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The name of the key, unique within the tenant. */
  name: Scalars['String']['output'];
  /** The first characters of the key, to recognize it by. */
  prefix: Scalars['String']['output'];
  /** The scopes of the key. */
  scopes: Array<Scope>;
};

/** The API key was created. */
export type ApiKeyCreated = {
  __typename?: 'ApiKeyCreated';
  /** The new key, without its secret. */
  apiKey: ApiKey;
  /** The complete key. Send it as `Authorization: Bearer …`. It is shown only once: the service stores only its hash. */
  secret: Scalars['String']['output'];
};

/** The image cannot be used. */
export type BadImage = Problem & {
  __typename?: 'BadImage';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The reason, for programs. */
  reason: BadImageReason;
};

/** The reason that an image cannot be used. */
export type BadImageReason =
  /** The file is damaged or incomplete, or the base64 or `data:` URL is invalid. */
  | 'CORRUPT'
  /** The URL, or one that it redirects to, is not public or not https. */
  | 'FORBIDDEN_ADDRESS'
  /** The file is larger than 20 MB, or 10 MB as base64. */
  | 'TOO_LARGE'
  /** The image has more than 50 megapixels. */
  | 'TOO_MANY_PIXELS'
  /** The image has too few pixels for this operation. */
  | 'TOO_SMALL'
  /** The URL did not return an image in time. */
  | 'UNREACHABLE'
  /** The file is not JPEG, PNG or WebP, or it uses a variant that is not supported: animation, arithmetic coding, lossless JPEG, 12 bits per channel. */
  | 'UNSUPPORTED_FORMAT';

/** A rectangle in pixels of the upright image. */
export type Box = {
  __typename?: 'Box';
  /** The height in pixels. */
  height: Scalars['Float']['output'];
  /** The width in pixels. */
  width: Scalars['Float']['output'];
  /** The left edge. */
  x: Scalars['Float']['output'];
  /** The top edge. */
  y: Scalars['Float']['output'];
};

/** The measured error rates of a model as functions of the distance. */
export type Calibration = {
  __typename?: 'Calibration';
  /** Both error rates by distance, in ascending order. */
  curve: Array<CalibrationPoint>;
  /** The number of genuine pairs: two images of the same person. */
  genuinePairs: Scalars['Int']['output'];
  /** The number of impostor pairs: images of two different people. */
  impostorPairs: Scalars['Int']['output'];
  /** The dataset of the measurement. */
  source: Scalars['String']['output'];
};

/** The error rates with this distance as the threshold. */
export type CalibrationPoint = {
  __typename?: 'CalibrationPoint';
  /** The squared L2 distance, in [0, 4]. */
  distance: Scalars['Float']['output'];
  /** The false match rate, in [0, 1]: the share of impostor pairs within this distance. */
  fmr: Scalars['Float']['output'];
  /** The false non-match rate, in [0, 1]: the share of genuine pairs beyond this distance. */
  fnmr: Scalars['Float']['output'];
};

/** The result of `cancelJob`. `Conflict` if the job has already ended. Canceling a canceled job succeeds. */
export type CancelJobResult = Conflict | JobCanceled | NotFound;

/** A subject that the face may belong to. */
export type Candidate = {
  __typename?: 'Candidate';
  /** The squared L2 distance to the nearest template of the subject, in [0, 4]. */
  distance: Scalars['Float']['output'];
  /** The chance that a person who is not enrolled comes this near to any subject of the collection. */
  fpir: Scalars['Float']['output'];
  /** The subject. */
  subject: Subject;
};

/** A gallery of subjects. All its templates come from one model: the default at the time the collection was created. */
export type Collection = Node & {
  __typename?: 'Collection';
  /** The measured error rates of its model. Null if this deployment does not include the model. */
  calibration?: Maybe<Calibration>;
  /** When the collection was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The permanent ID. */
  id: Scalars['ID']['output'];
  /** The `Model.id` of the model that makes its templates. */
  modelId: Scalars['ID']['output'];
  /** The name. It does not have to be unique. */
  name: Scalars['String']['output'];
  /** The number of subjects. */
  subjectCount: Scalars['Int']['output'];
  /** The subjects, oldest first. */
  subjects: SubjectConnection;
  /** The number of face templates, at most 100,000. */
  templateCount: Scalars['Int']['output'];
};


/** A gallery of subjects. All its templates come from one model: the default at the time the collection was created. */
export type CollectionSubjectsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of collections. */
export type CollectionConnection = {
  __typename?: 'CollectionConnection';
  /** The collections on this page. */
  edges: Array<CollectionEdge>;
  /** Information about the page. */
  pageInfo: PageInfo;
  /** The number of collections in the whole list. */
  totalCount: Scalars['Int']['output'];
};

/** The collection was created, by this request or by an earlier one with the same idempotency key. */
export type CollectionCreated = {
  __typename?: 'CollectionCreated';
  /** The collection. */
  collection: Collection;
};

/** A collection in a page. */
export type CollectionEdge = {
  __typename?: 'CollectionEdge';
  /** The cursor of the item. Pass it as `after` to continue from here. */
  cursor: Scalars['String']['output'];
  /** The collection. */
  node: Collection;
};

/** The request conflicts with existing data: the name is taken, the idempotency key was used with other input, or the collection is full. */
export type Conflict = Problem & {
  __typename?: 'Conflict';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** A list inside a field, whose maximum length an argument sets. */
export type CostList = {
  /** The name of the argument, or the path to it, such as `input.maxFaces`. */
  argument: Scalars['String']['input'];
  /** The name of the list field. */
  name: Scalars['String']['input'];
};

/**
 * The cost that an argument adds to a field. A number adds `weight` for each unit, a list adds it for each item, and any other value
 * except false adds it once. A number that is omitted or null counts as its default.
 */
export type CostPart = {
  /** The name of the argument, or the path to it, such as `input.maxFaces`. */
  argument: Scalars['String']['input'];
  /** The cost of one unit. */
  weight: Scalars['Float']['input'];
};

/** The API key to create. */
export type CreateApiKeyInput = {
  /** When the key expires. Must be in the future. If omitted, the key never expires. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The name, 1 to 200 characters, unique within the tenant. */
  name: Scalars['String']['input'];
  /** The scopes. At least one is required. */
  scopes: Array<Scope>;
};

/** The result of `createApiKey`. */
export type CreateApiKeyResult = ApiKeyCreated | Conflict;

/** The collection to create. */
export type CreateCollectionInput = {
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and name returns the first collection. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The name: 1 to 200 characters. */
  name: Scalars['String']['input'];
};

/** The result of `createCollection`. */
export type CreateCollectionResult = CollectionCreated | Conflict;

/** Whether two faces match. */
export type Decision =
  /** The distance is at most the threshold. */
  | 'MATCH'
  /** The distance is greater than the threshold. */
  | 'NO_MATCH';

/** The result of a deletion. */
export type DeleteResult = Deleted | NotFound;

/** The object and all its face templates were deleted. The response is sent after the templates are erased. */
export type Deleted = {
  __typename?: 'Deleted';
  /** The ID of the deleted object. */
  deletedId: Scalars['ID']['output'];
  /** The number of face templates that were erased. */
  templates: Scalars['Int']['output'];
};

/** The result of `detect`. */
export type DetectResult = BadImage | Detection;

/** The faces found in an image. */
export type Detection = {
  __typename?: 'Detection';
  /** The faces, most prominent first. Empty if none was found. */
  faces: Array<Face>;
  /** The height of the upright image, in pixels. */
  height: Scalars['Int']['output'];
  /** The processing time in milliseconds. Null on Cloudflare, where the clock does not advance during computation. */
  millis?: Maybe<Scalars['Float']['output']>;
  /** The width of the upright image, in pixels. */
  width: Scalars['Int']['output'];
};

/** The face does not match the subject. Nothing was stored. */
export type DifferentPerson = Problem & {
  __typename?: 'DifferentPerson';
  /** The squared L2 distance to the nearest template of the subject, in [0, 4]. */
  distance: Scalars['Float']['output'];
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The ID of the subject that the face would have been added to. */
  subjectId: Scalars['ID']['output'];
  /** The maximum distance at which the face would have been added. */
  threshold: Scalars['Float']['output'];
};

/**
 * The face to enroll. Pass `subjectId` to add a template to an existing subject. Pass `externalId`, `name` or both to create a
 * subject; if the collection already has a subject with this `externalId`, the template is added to it. Pass none of them to create
 * a subject without a name. A face that is added to an existing subject is first compared with the templates of that subject.
 */
export type EnrollInput = {
  /** Adds the face even if it does not match the subject. Requires the MANAGE scope. */
  allowDifferent?: InputMaybe<Scalars['Boolean']['input']>;
  /** The ID of the collection. */
  collectionId: Scalars['ID']['input'];
  /** Your own identifier for the person: 1 to 200 characters, unique in the collection. */
  externalId?: InputMaybe<Scalars['String']['input']>;
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and input returns the first result. With other input it returns `Conflict`. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** An image of the person. */
  image: ImageInput;
  /** The minimum quality of the face, in [0, 1]. Default: 0.01. */
  minimumQuality?: InputMaybe<Scalars['Float']['input']>;
  /** The name of the new subject: 1 to 200 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Returns `LooksLikeOthers` and stores nothing if another subject of the collection is a lookalike. Requires the IDENTIFY or MANAGE scope. */
  refuseLookalikes?: InputMaybe<Scalars['Boolean']['input']>;
  /** The ID of an existing subject. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
  /**
   * The false match rate (FMR) that sets the threshold, between 0 and 1. The face is added if `verify` would match it with the subject
   * at this rate. A lookalike is another subject within the same threshold. A rate above the default requires the MANAGE scope. Do not
   * use a higher rate than for `verify`: a face that was added matches from then on.
   */
  targetFmr?: InputMaybe<Scalars['Float']['input']>;
};

/** The result of `enroll`. */
export type EnrollResult = BadImage | Conflict | DifferentPerson | Enrolled | LooksLikeOthers | ManyFaces | ModelMismatch | NoFace | NotFound | PoorQuality;

/** The face was enrolled, by this request or by an earlier one with the same idempotency key. */
export type Enrolled = {
  __typename?: 'Enrolled';
  /** Whether this enrollment created the subject. */
  created: Scalars['Boolean']['output'];
  /** The face in the image. */
  face: Face;
  /**
   * Other subjects of the collection within the threshold: the same person under another ID, or a person who looks alike. At most
   * five, nearest first. The search runs only if you select this field.
   */
  lookalikes?: Maybe<Array<Candidate>>;
  /** The subject that the template belongs to. */
  subject: Subject;
  /** The new template. */
  template: Template;
};

/** A subject by its externalId. */
export type ExternalReferenceInput = {
  /** The ID of the collection of the subject. */
  collectionId: Scalars['ID']['input'];
  /** The externalId of the subject, unique in the collection. */
  externalId: Scalars['String']['input'];
};

/** A face in an image. Positions are in pixels of the upright image at its original size. */
export type Face = {
  __typename?: 'Face';
  /** The bounding box of the face. */
  box: Box;
  /** The confidence of the detector that this is a face, in [0, 1]. */
  confidence: Scalars['Float']['output'];
  /** Five points: left eye, right eye, nose, left mouth corner, right mouth corner. Left is the viewer's left. */
  landmarks: Array<Point>;
  /** The quality of the face for recognition, in [0, 1]: the share of reference faces with lower quality. */
  quality: Scalars['Float']['output'];
};

/** The faces in the probe image and their candidates. */
export type Identification = {
  __typename?: 'Identification';
  /** The faces, most prominent first. */
  faces: Array<IdentifiedFace>;
  /** The number of templates that were searched. */
  gallerySize: Scalars['Int']['output'];
  /** The processing time in milliseconds. Null on Cloudflare, where the clock does not advance during computation. */
  millis?: Maybe<Scalars['Float']['output']>;
  /** The maximum squared L2 distance of a candidate. */
  threshold: Scalars['Float']['output'];
};

/** A face in the probe image and its candidates. */
export type IdentifiedFace = {
  __typename?: 'IdentifiedFace';
  /** The subjects within the threshold, nearest first. Empty if the outcome is NOBODY. */
  candidates: Array<Candidate>;
  /** The face. */
  face: Face;
  /** Whether the face was identified. */
  outcome: Outcome;
};

/** The faces to identify and the collection to search. */
export type IdentifyInput = {
  /** The ID of the collection to search. */
  collectionId: Scalars['ID']['input'];
  /** The maximum number of candidates for each face, in 1..100. */
  maxCandidates?: InputMaybe<Scalars['Int']['input']>;
  /** The maximum number of faces to identify, most prominent first, in 1..100. */
  maxFaces?: InputMaybe<Scalars['Int']['input']>;
  /** An image of the person or people to identify. */
  probe: ImageInput;
  /** The target false positive identification rate (FPIR), between 0 and 1: the chance that a person who is not enrolled is identified as someone in the collection. The threshold becomes stricter as the collection grows. */
  targetFpir?: InputMaybe<Scalars['Float']['input']>;
};

/** The result of `identify`. */
export type IdentifyResult = BadImage | Identification | ModelMismatch | NoFace | NotFound;

/** An image, passed in exactly one of these ways. JPEG, PNG or WebP, at most 50 megapixels and 20 MB (10 MB as base64). */
export type ImageInput =
  /**
   * The bytes of the file, at most 10 MB, in base64 (RFC 4648, section 4 or 5; padding and line breaks are optional), or a `data:` URL
   * with base64 or percent-encoded data.
   */
  { base64: Scalars['String']['input']; upload?: never; url?: never; }
  |  /** A file of a multipart request, at most 20 MB. */
  { base64?: never; upload: Scalars['Upload']['input']; url?: never; }
  |  /** A public https URL, at most 20 MB. It must respond within 5 seconds. URLs in private networks are refused. */
  { base64?: never; upload?: never; url: Scalars['URL']['input']; };

/** The initial image of the optimization. */
export type Init =
  /** The photograph with the colors of the painting. */
  | 'CONTENT'
  /** A random image, as in the paper. */
  | 'NOISE';

/** A stylization by optimization or a style training. The job service runs it. */
export type Job = Node & {
  __typename?: 'Job';
  /** The number of the current attempt, starting at 1. 0 before the first dispatch. */
  attempt: Scalars['Int']['output'];
  /** When the job was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The error of the last dispatch to the job service. Null once the job service has accepted the job. */
  dispatchError?: Maybe<Scalars['String']['output']>;
  /** Why the job FAILED or EXPIRED, and what to do. */
  error?: Maybe<Scalars['String']['output']>;
  /** When the job ended. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The permanent ID. */
  id: Scalars['ID']['output'];
  /** What the job does. */
  kind: JobKind;
  /** The losses so far, oldest first, sampled to at most 400 points. */
  losses: Array<LossPoint>;
  /** The latest preview. Null before the first one. */
  preview?: Maybe<StoredImage>;
  /** The progress, in [0, 1]. */
  progress: Scalars['Float']['output'];
  /** The execution provider: `cpu`, `webgpu` or `cuda`. Null before the first step. */
  provider?: Maybe<Scalars['String']['output']>;
  /** The resulting image, if the job has SUCCEEDED and the image has not expired. Null for a training. */
  result?: Maybe<StoredImage>;
  /** When the first step was completed. */
  startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The state of the job. */
  state: JobState;
  /** The number of completed steps. */
  step: Scalars['Int']['output'];
  /** The total number of steps. 0 until it is known. */
  steps: Scalars['Int']['output'];
  /** The trained style, if the job has SUCCEEDED. Null for an optimization. */
  style?: Maybe<Style>;
  /** When the webhook was delivered. Null if it was not, or if the job has no webhook. */
  webhookDeliveredAt?: Maybe<Scalars['DateTime']['output']>;
  /** The error of the last webhook delivery. Null if it was delivered or not attempted yet. */
  webhookError?: Maybe<Scalars['String']['output']>;
};

/** The job was canceled. Its state is CANCELED, and the job service stops at its next report. */
export type JobCanceled = {
  __typename?: 'JobCanceled';
  /** The job. */
  job: Job;
};

/** A page of jobs. */
export type JobConnection = {
  __typename?: 'JobConnection';
  /** The jobs on this page. */
  edges: Array<JobEdge>;
  /** Information about the page. */
  pageInfo: PageInfo;
};

/** A job in a page. */
export type JobEdge = {
  __typename?: 'JobEdge';
  /** The cursor of the item. Pass it as `after` to continue from here. */
  cursor: Scalars['String']['output'];
  /** The job. */
  node: Job;
};

/** What a job does. */
export type JobKind =
  /** Stylizes an image by optimization: `optimizeStyle`. */
  | 'OPTIMIZE_STYLE'
  /** Trains a style from a painting: `trainStyle`. */
  | 'TRAIN_STYLE';

/** The job was accepted, by this request or by an earlier one with the same idempotency key. */
export type JobStarted = {
  __typename?: 'JobStarted';
  /** The job. */
  job: Job;
};

/**
 * The state of a job. It only moves forward: QUEUED, DISPATCHED, RUNNING, then one of the four final states. A new attempt
 * increments `Job.attempt` and keeps the state.
 */
export type JobState =
  /** The job was canceled. */
  | 'CANCELED'
  /** The job service has accepted the job. */
  | 'DISPATCHED'
  /** The job passed its deadline before it was complete. */
  | 'EXPIRED'
  /** The job failed. `error` says why and what to do. */
  | 'FAILED'
  /** The job is accepted and waits for the job service. */
  | 'QUEUED'
  /** The job is running. */
  | 'RUNNING'
  /** The job is complete and its result is available. */
  | 'SUCCEEDED';

/** A layer of the loss network and its weight. */
export type LayerWeight = {
  /** The name of the layer, such as `activation_3` or `mixed0`. */
  layer: Scalars['String']['input'];
  /** The weight, in (0, 100]. */
  weight: Scalars['Float']['input'];
};

/** `refuseLookalikes` was set and the collection has lookalikes. Nothing was stored. */
export type LooksLikeOthers = Problem & {
  __typename?: 'LooksLikeOthers';
  /** The lookalikes, nearest first. At most five. */
  lookalikes?: Maybe<Array<Candidate>>;
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** The losses at one step, for plotting. */
export type LossPoint = {
  __typename?: 'LossPoint';
  /** The content loss, relative to that of an image without the content. */
  content: Scalars['Float']['output'];
  /** The step, starting at 1. */
  step: Scalars['Int']['output'];
  /** The style loss, relative to that of an image without the style. */
  style: Scalars['Float']['output'];
  /** The total loss J. */
  total: Scalars['Float']['output'];
};

/** The image shows several faces of similar prominence, but one is expected. */
export type ManyFaces = Problem & {
  __typename?: 'ManyFaces';
  /** The faces, most prominent first. At most ten. */
  faces: Array<Face>;
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** Two subjects of the same collection that are the same person. */
export type MergeSubjectsInput = {
  /** The ID of the subject whose templates are moved. This subject is deleted. */
  from: Scalars['ID']['input'];
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and IDs returns the first result. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The ID of the subject that remains, with its name and externalId. */
  into: Scalars['ID']['input'];
};

/** The result of `mergeSubjects`. */
export type MergeSubjectsResult = Conflict | NotFound | SubjectsMerged;

/** A measured metric. */
export type Metric = {
  __typename?: 'Metric';
  /** The dataset of the measurement. */
  dataset: Scalars['String']['output'];
  /** The name of the metric. */
  name: Scalars['String']['output'];
  /** The value of the metric. */
  value: Scalars['Float']['output'];
};

/** A neural network in this deployment. */
export type Model = {
  __typename?: 'Model';
  /** The size of the model file in bytes. */
  bytes: Scalars['Int']['output'];
  /** The dimension of the embeddings. Null if the model is not an embedder. */
  dimension?: Maybe<Scalars['Int']['output']>;
  /** The ID that templates and collections refer to: the name and the size of the model. */
  id: Scalars['ID']['output'];
  /** The license as an SPDX expression. */
  license: Scalars['String']['output'];
  /** Measured metrics of the model. */
  metrics: Array<Metric>;
  /** The role of the model: `detector` finds faces, `landmarks` locates facial landmarks, `embedder` computes embeddings. */
  role: Scalars['String']['output'];
  /** The SHA-256 hash of the model file, in hexadecimal. */
  sha256: Scalars['String']['output'];
  /** The package, version and file that the model was built from. */
  source: Scalars['String']['output'];
};

/** The templates come from a model that this deployment does not include, so they cannot be compared. */
export type ModelMismatch = Problem & {
  __typename?: 'ModelMismatch';
  /** The model of the templates. */
  expected: Scalars['ID']['output'];
  /** The model of this deployment. */
  found: Scalars['ID']['output'];
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Cancels a job that has not ended. */
  cancelJob: CancelJobResult;
  /** Creates an API key. */
  createApiKey: CreateApiKeyResult;
  /** Creates an empty collection. */
  createCollection: CreateCollectionResult;
  /** Deletes a collection with all its subjects and erases their templates. */
  deleteCollection: DeleteResult;
  /** Deletes a subject and erases its templates. */
  deleteSubject: DeleteResult;
  /** Erases one template. The subject remains. */
  deleteTemplate: DeleteResult;
  /** Finds faces in an image. Stores nothing and is safe to retry. It is a mutation because clients cache queries, and a cache cannot distinguish files. */
  detect: DetectResult;
  /** Adds a face template to a subject, or creates the subject. One photograph is enough; more photographs improve accuracy. */
  enroll: EnrollResult;
  /**
   * Identifies faces (1:N): finds the subjects of a collection that the faces in an image belong to, if any. Stores nothing and is
   * safe to retry. It is a mutation because clients cache queries, and a cache cannot distinguish files.
   */
  identify: IdentifyResult;
  /** Merges two subjects into one. */
  mergeSubjects: MergeSubjectsResult;
  /** Starts a job that stylizes an image by optimization. It is slower than `stylize` and gives better results. Follow it with `jobUpdated`. */
  optimizeStyle: StartJobResult;
  /** Revokes an API key. It stops working within 5 seconds, everywhere. `templates` in the result is 0. */
  revokeApiKey: DeleteResult;
  /**
   * Stylizes a photograph within this request. The stored result expires, and a repeated request produces the same image, so the
   * mutation takes no idempotency key.
   */
  stylize: StylizeResult;
  /** Starts a job that trains a style from a painting. Then `stylize` can use the style. */
  trainStyle: StartJobResult;
  /** Changes the name or externalId of a subject. */
  updateSubject: UpdateSubjectResult;
  /**
   * Verifies a face (1:1): compares it with an enrolled subject or another image. Stores nothing and is safe to retry. It is a
   * mutation because clients cache queries, and a cache cannot distinguish files. There is no presentation attack detection: a
   * photograph of a person matches that person. The error rates hold for people like those in the calibration data.
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

/** No face was found in the image. */
export type NoFace = Problem & {
  __typename?: 'NoFace';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** The subject has no templates, because all of them were deleted. */
export type NoTemplate = Problem & {
  __typename?: 'NoTemplate';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The ID of the subject. */
  subjectId: Scalars['ID']['output'];
};

/** An object with an ID. */
export type Node = {
  /** The ID. It is opaque, and unique across all types. */
  id: Scalars['ID']['output'];
};

/** No object has this ID, or it belongs to another tenant. */
export type NotFound = Problem & {
  __typename?: 'NotFound';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The ID that was requested, or the `externalId` if the subject was requested by it. */
  missingId: Scalars['ID']['output'];
};

/** How to set the threshold: by a target false match rate (the default, 1e-4), or by a fixed squared distance. */
export type OperatingPoint =
  /** The maximum squared L2 distance of a match, in [0, 4]. */
  { distance: Scalars['Float']['input']; targetFmr?: never; }
  |  /** The target false match rate (FMR), between 0 and 1: the share of comparisons of different people that may match. */
  { distance?: never; targetFmr: Scalars['Float']['input']; };

/**
 * The settings of a stylization by optimization. It minimizes J(G) = contentWeight·J_content + styleWeight·J_style + smoothness·TV
 * over the image G. The default of an omitted setting depends on the recipe.
 */
export type OptimizeStyleInput = {
  /** The photograph. */
  content: ImageInput;
  /** The layer whose features define the content. */
  contentLayer?: InputMaybe<Scalars['String']['input']>;
  /** The weight α of the content loss, in [0, 1000]. */
  contentWeight?: InputMaybe<Scalars['Float']['input']>;
  /** The deadline in seconds from now, in 60..604800. The job expires if it is not complete by then. Default: 86400 (one day). */
  deadlineSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and input returns the first job. With other input it returns `Conflict`. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The initial image. Default: CONTENT. */
  init?: InputMaybe<Init>;
  /** The length of the longer side of the result in pixels, in 64..2048. */
  maxSide?: InputMaybe<Scalars['Int']['input']>;
  /** The optimization algorithm. */
  optimizer?: InputMaybe<Optimizer>;
  /** Whether to keep the colors of the photograph. */
  preserveColors?: InputMaybe<Scalars['Boolean']['input']>;
  /** The number of steps between previews, in 1..2000. Default: a tenth of `steps`. */
  previewEvery?: InputMaybe<Scalars['Int']['input']>;
  /** The optimization method. */
  recipe?: InputMaybe<Recipe>;
  /** The random seed, in 0..4294967295. The same seed on the same hardware gives the same image. */
  seed?: InputMaybe<Scalars['SafeInt']['input']>;
  /** The weight of the total variation, in [0, 1000]. */
  smoothness?: InputMaybe<Scalars['Float']['input']>;
  /** The number of steps, in 1..2000. */
  steps?: InputMaybe<Scalars['Int']['input']>;
  /** The layers whose Gram matrices, or moments, define the style. At most 12. */
  styleLayers?: InputMaybe<Array<LayerWeight>>;
  /** The weight β of the style loss, in [0, 1000]. */
  styleWeight?: InputMaybe<Scalars['Float']['input']>;
  /** One to four paintings. */
  styles: Array<WeightedStyle>;
  /** A public https URL. When the job ends, it receives a POST request according to Standard Webhooks. */
  webhook?: InputMaybe<Scalars['URL']['input']>;
};

/** The optimization algorithm. */
export type Optimizer =
  /** Adam. */
  | 'ADAM'
  /** Limited-memory BFGS with a strong-Wolfe line search. */
  | 'LBFGS';

/** Whether a face was identified. */
export type Outcome =
  /** At least one subject is within the threshold. */
  | 'IDENTIFIED'
  /** No subject of the collection is within the threshold. */
  | 'NOBODY';

/** Information about a page of a list. Pagination goes forward only, with `first` and `after`. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** The cursor of the last item. Pass it as `after` to get the next page. Null if the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether there are more items after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are items before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item. Null if the page is empty. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** A point in pixels of the upright image. The origin is the top left corner. */
export type Point = {
  __typename?: 'Point';
  /** The horizontal position, to the right. */
  x: Scalars['Float']['output'];
  /** The vertical position, downwards. */
  y: Scalars['Float']['output'];
};

/** The quality of the face is too low for reliable recognition. */
export type PoorQuality = Problem & {
  __typename?: 'PoorQuality';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
  /** The minimum quality, in [0, 1]. */
  minimum: Scalars['Float']['output'];
  /** The quality of the face, in [0, 1]. */
  quality: Scalars['Float']['output'];
};

/** An expected outcome that a client should handle. */
export type Problem = {
  /** What happened and what to do, for people to read. Programs should use the type instead. */
  message: Scalars['String']['output'];
};

export type Query = {
  __typename?: 'Query';
  /** The API keys of the tenant, oldest first, without their secrets. */
  apiKeys: Array<ApiKey>;
  /** Returns a collection by its ID. Null if it does not exist or belongs to another tenant. */
  collection?: Maybe<Collection>;
  /** The collections of the tenant, oldest first. */
  collections: CollectionConnection;
  /** Returns a job by its ID. Null if it does not exist or belongs to another tenant. */
  job?: Maybe<Job>;
  /** The jobs of the tenant, newest first. */
  jobs: JobConnection;
  /** The neural networks in this deployment, with their sources and licenses. Any valid key can read them. */
  models: Array<Model>;
  /**
   * Returns an object by its ID, if the key has the scope to read it: a collection (ENROLL or MANAGE), a subject or a template
   * (MANAGE), a job or a style (STYLIZE), an API key (ADMIN), or the key's own tenant (any key). Null if the object does not exist,
   * belongs to another tenant, or the key lacks the scope.
   */
  node?: Maybe<Node>;
  /** The built-in styles, then the newest 1,000 trained styles of the tenant. */
  styles: Array<Style>;
  /** Returns a subject by its externalId. Null if the collection has no such subject or belongs to another tenant. */
  subject?: Maybe<Subject>;
  /** The owner of the API key that sent the request. Any valid key can read it. */
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

/** The optimization method. */
export type Recipe =
  /** Gatys et al. 2016, with the photograph in the colors of the painting as the content target. */
  | 'GATYS'
  /** Color transfer, optimization at half size, then projection onto patches of the painting. Faces are preserved. */
  | 'PAINTERLY';

/** What to compare the probe with. */
export type ReferenceInput =
  /** An enrolled subject, by its externalId. */
  { externalId: ExternalReferenceInput; image?: never; subjectId?: never; }
  |  /** Another image. It is not stored. */
  { externalId?: never; image: ImageInput; subjectId?: never; }
  |  /** The ID of an enrolled subject. */
  { externalId?: never; image?: never; subjectId: Scalars['ID']['input']; };

/** A permission of an API key. */
export type Scope =
  /** All permissions, and managing API keys. */
  | 'ADMIN'
  /** Enroll faces and read collections. */
  | 'ENROLL'
  /** Identify faces (1:N). */
  | 'IDENTIFY'
  /** Read, change and delete collections, subjects and templates. */
  | 'MANAGE'
  /** Stylize images, start and read jobs, and train styles. */
  | 'STYLIZE'
  /** Verify faces (1:1). */
  | 'VERIFY';

/** The result of `optimizeStyle` and `trainStyle`. */
export type StartJobResult = BadImage | Conflict | JobStarted | NotFound | TooManyJobs;

/**
 * A stored image that expires. Its URL is signed and needs no API key: anyone who has the URL can see the image. The URL supports
 * conditional requests and ranges.
 */
export type StoredImage = {
  __typename?: 'StoredImage';
  /** The media type: `image/jpeg`, `image/png` or `image/webp`. */
  contentType: Scalars['String']['output'];
  /** When the image is deleted and its URL stops working. */
  expiresAt: Scalars['DateTime']['output'];
  /** The height in pixels. */
  height: Scalars['Int']['output'];
  /** The SHA-256 hash of the file, in hexadecimal. */
  sha256: Scalars['String']['output'];
  /** The signed URL of the image. */
  url: Scalars['URL']['output'];
  /** The width in pixels. */
  width: Scalars['Int']['output'];
};

/** A painting style: built in, or trained from a painting by `trainStyle`. */
export type Style = Node & {
  __typename?: 'Style';
  /** The permanent ID. Pass it to `stylize` or `optimizeStyle`. */
  id: Scalars['ID']['output'];
  /** The network of the style: `stylenet-` and the first characters of the SHA-256 hash of its file. */
  modelId: Scalars['ID']['output'];
  /** The name of the style. */
  name: Scalars['String']['output'];
  /** The source of the style: title and artist of the painting, or the job that trained the style. */
  origin: Scalars['String']['output'];
  /** The URL of a small image of the painting. For a trained style the URL is signed and expires. */
  thumbnail: Scalars['URL']['output'];
};

/** A painting: an image, or the painting of a style. */
export type StyleSource =
  /** An image of the painting. */
  { image: ImageInput; styleId?: never; }
  |  /** The ID of a style in `styles`. Its painting is used. */
  { image?: never; styleId: Scalars['ID']['input']; };

/** The image to stylize and the settings. */
export type StylizeInput = {
  /** The photograph. */
  image: ImageInput;
  /** The maximum length of the longer side of the result in pixels, in 64..2048. A smaller photograph is not enlarged. */
  maxSide?: InputMaybe<Scalars['Int']['input']>;
  /** Whether to keep the colors of the photograph. */
  preserveColors?: InputMaybe<Scalars['Boolean']['input']>;
  /** The quality. */
  quality?: InputMaybe<StylizeQuality>;
  /** The strength of the style, in [0, 1]. 0 returns the photograph. */
  strength?: InputMaybe<Scalars['Float']['input']>;
  /** The ID of a style in `styles`. A built-in style can also be given by its name. */
  styleId: Scalars['ID']['input'];
};

/** The quality of `stylize`. */
export type StylizeQuality =
  /** Uses only the network of the style. */
  | 'FAST'
  /**
   * Uses the network, then projects the result onto patches of the painting, which gives real brushstrokes. Faces are preserved. An
   * image of more than one megapixel is painted at one megapixel and enlarged.
   */
  | 'FINE';

/** The result of `stylize`. */
export type StylizeResult = BadImage | NotFound | Stylized;

/** The image was stylized. */
export type Stylized = {
  __typename?: 'Stylized';
  /** The resulting image, a JPEG. */
  image: StoredImage;
  /** The processing time in milliseconds. Null on Cloudflare, where the clock does not advance during computation. */
  millis?: Maybe<Scalars['Float']['output']>;
  /** The style that was used. */
  style: Style;
};

/** A person in a collection. */
export type Subject = Node & {
  __typename?: 'Subject';
  /** The collection of the subject. Null if the collection and the subject were deleted during the request. */
  collection?: Maybe<Collection>;
  /** When the subject was created. */
  createdAt: Scalars['DateTime']['output'];
  /** Your own identifier for the person, unique in the collection. */
  externalId?: Maybe<Scalars['String']['output']>;
  /** The permanent ID. */
  id: Scalars['ID']['output'];
  /** The display name. */
  name?: Maybe<Scalars['String']['output']>;
  /** The face templates of the subject, oldest first. At most 100. */
  templates: TemplateConnection;
};


/** A person in a collection. */
export type SubjectTemplatesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of subjects. */
export type SubjectConnection = {
  __typename?: 'SubjectConnection';
  /** The subjects on this page. */
  edges: Array<SubjectEdge>;
  /** Information about the page. */
  pageInfo: PageInfo;
  /** The number of subjects in the whole list. */
  totalCount: Scalars['Int']['output'];
};

/** A subject in a page. */
export type SubjectEdge = {
  __typename?: 'SubjectEdge';
  /** The cursor of the item. Pass it as `after` to continue from here. */
  cursor: Scalars['String']['output'];
  /** The subject. */
  node: Subject;
};

/** The subject was updated. */
export type SubjectUpdated = {
  __typename?: 'SubjectUpdated';
  /** The updated subject. */
  subject: Subject;
};

/** The subjects were merged. */
export type SubjectsMerged = {
  __typename?: 'SubjectsMerged';
  /** The remaining subject, with the templates of both. */
  subject: Subject;
};

/** Events, delivered by Server-Sent Events. */
export type Subscription = {
  __typename?: 'Subscription';
  /**
   * Sends the job as it is now and again after each change, until the job ends. Uses Server-Sent Events
   * (`Accept: text/event-stream`). After a lost connection, subscribe again: the first event has the current state.
   */
  jobUpdated: Job;
};


/** Events, delivered by Server-Sent Events. */
export type SubscriptionJobUpdatedArgs = {
  id: Scalars['ID']['input'];
};

/** A face template: the embedding of one face of a subject. The API never returns the embedding. The image is not stored. */
export type Template = Node & {
  __typename?: 'Template';
  /** When the template was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The permanent ID. */
  id: Scalars['ID']['output'];
  /** The `Model.id` of the model that made it. */
  modelId: Scalars['ID']['output'];
  /** The quality of the enrolled face, in [0, 1]. */
  quality: Scalars['Float']['output'];
};

/** A page of templates. */
export type TemplateConnection = {
  __typename?: 'TemplateConnection';
  /** The templates on this page. */
  edges: Array<TemplateEdge>;
  /** Information about the page. */
  pageInfo: PageInfo;
};

/** A template in a page. */
export type TemplateEdge = {
  __typename?: 'TemplateEdge';
  /** The cursor of the item. Pass it as `after` to continue from here. */
  cursor: Scalars['String']['output'];
  /** The template. */
  node: Template;
};

/** A customer. Every object belongs to exactly one tenant. */
export type Tenant = Node & {
  __typename?: 'Tenant';
  /** The permanent ID. */
  id: Scalars['ID']['output'];
  /** The name of the tenant. */
  name: Scalars['String']['output'];
  /**
   * The secret that signs this tenant's webhooks, in the format of Standard Webhooks: `whsec_` and base64. Use it to verify the
   * signature of each webhook you receive.
   */
  webhookSecret: Scalars['String']['output'];
};

/** The job queue of the tenant is full. No job was started. */
export type TooManyJobs = Problem & {
  __typename?: 'TooManyJobs';
  /** The maximum number of unfinished jobs of a tenant. */
  limit: Scalars['Int']['output'];
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** The settings of a style training. */
export type TrainStyleInput = {
  /** The weight of the content loss, in [0, 1000]. */
  contentWeight?: InputMaybe<Scalars['Float']['input']>;
  /** The deadline in seconds from now, in 60..604800. The job expires if it is not complete by then. Default: 86400 (one day). */
  deadlineSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and input returns the first job. With other input it returns `Conflict`. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The name of the new style: 1 to 200 characters. */
  name: Scalars['String']['input'];
  /** The random seed, in 0..4294967295. The same seed on the same hardware trains the same network. */
  seed?: InputMaybe<Scalars['SafeInt']['input']>;
  /** The number of steps, in 1..20000. Default: 2000. */
  steps?: InputMaybe<Scalars['Int']['input']>;
  /** The painting, at least 64 pixels on each side. */
  style: ImageInput;
  /** The weight of the style loss, in [0, 1000]. */
  styleWeight?: InputMaybe<Scalars['Float']['input']>;
  /** A public https URL. When the job ends, it receives a POST request according to Standard Webhooks. */
  webhook?: InputMaybe<Scalars['URL']['input']>;
};

/** The changes to a subject. Omitted fields keep their value. Null removes the value. */
export type UpdateSubjectInput = {
  /** Your new identifier for the person: 1 to 200 characters, unique in the collection. */
  externalId?: InputMaybe<Scalars['String']['input']>;
  /** The ID of the subject. */
  id: Scalars['ID']['input'];
  /** The new name: 1 to 200 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
};

/** The result of `updateSubject`. */
export type UpdateSubjectResult = Conflict | NotFound | SubjectUpdated;

/** The decision and the values that it is based on. */
export type Verification = {
  __typename?: 'Verification';
  /** Whether the two faces match. */
  decision: Decision;
  /** The squared L2 distance to the nearest template of the reference, in [0, 4]. */
  distance: Scalars['Float']['output'];
  /** The false match rate expected at this distance: the share of other people who come this near to the reference. */
  fmr: Scalars['Float']['output'];
  /** The processing time in milliseconds. Null on Cloudflare, where the clock does not advance during computation. */
  millis?: Maybe<Scalars['Float']['output']>;
  /** The face in the probe image. */
  probe: Face;
  /** The maximum distance of a match. */
  threshold: Scalars['Float']['output'];
};

/** The probe and the reference to compare. */
export type VerifyInput = {
  /** How to set the threshold. */
  operatingPoint?: InputMaybe<OperatingPoint>;
  /** An image of the person to verify. */
  probe: ImageInput;
  /** The person that the probe is expected to show. */
  reference: ReferenceInput;
};

/** The result of `verify`. */
export type VerifyResult = BadImage | ManyFaces | ModelMismatch | NoFace | NoTemplate | NotFound | PoorQuality | Verification;

/** The owner of the API key that sent the request. */
export type Viewer = {
  __typename?: 'Viewer';
  /** The scopes of the key. */
  scopes: Array<Scope>;
  /** The tenant that the key belongs to. */
  tenant: Tenant;
};

/** A painting and its relative weight. */
export type WeightedStyle = {
  /** The painting. */
  source: StyleSource;
  /** The weight relative to the other paintings, in (0, 100]. */
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
