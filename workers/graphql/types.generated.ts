import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ApiKey as ApiKeyRow, ApiKeyCreated as ApiKeyCreatedRow } from '../access/keys.ts';
import type { BadImage as BadImageRow } from '../platform/picture.ts';
import type { Calibration as CalibrationRow } from '../matching/calibration.ts';
import type { Collection as CollectionRow, Subject as SubjectRow, TemplateRecord as TemplateRecordRow } from '../gallery/gallery.ts';
import type { CollectionPage as CollectionPageRow, SubjectPage as SubjectPageRow } from './pages.ts';
import type { CollectionCreated as CollectionCreatedRow, TimedDetection as TimedDetectionRow, TimedIdentification as TimedIdentificationRow, SubjectUpdated as SubjectUpdatedRow, SubjectsMerged as SubjectsMergedRow, TimedVerification as TimedVerificationRow } from './results.ts';
import type { Conflict as ConflictRow, Deleted as DeletedRow, ModelMismatch as ModelMismatchRow, NotFound as NotFoundRow } from '../platform/outcomes.ts';
import type { Enrolled as EnrolledRow } from '../enrollment/enroll.ts';
import type { Face as FaceRow, ManyFaces as ManyFacesRow, NoFace as NoFaceRow, PoorQuality as PoorQualityRow } from '../vision/vision.ts';
import type { IdentifiedFace as IdentifiedFaceRow } from '../identification/identify.ts';
import type { ModelEntry as ModelEntryRow } from '../../models/catalog.ts';
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
  /** An address, as in the WHATWG URL standard. */
  URL: { input: URL; output: URL; }
  /** A file, sent as the GraphQL multipart request specification says. https://github.com/jaydenseric/graphql-multipart-request-spec */
  Upload: { input: File; output: File; }
};

/** A key to the API. Its secret is shown once, when it is made. */
export type ApiKey = {
  __typename?: 'ApiKey';
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** When it ceases to work; null: never. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Names the key; not secret. */
  id: Scalars['ID']['output'];
  /** When it last changed something, as the audit log has it; null: never. Queries write nothing, so they do not count. */
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
  /** Names the key: give it to `revokeApiKey`. */
  id: Scalars['ID']['output'];
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
  /** It is damaged, cut off, or not the base64 it should be. */
  | 'CORRUPT'
  /** Its address, or one that it led to, is not on the public internet, or is not https. */
  | 'FORBIDDEN_ADDRESS'
  /** The file is larger than 10 MB. */
  | 'TOO_LARGE'
  /** It has more than 24 megapixels. */
  | 'TOO_MANY_PIXELS'
  /** Its address gave no picture in time. */
  | 'UNREACHABLE'
  /** It is not JPEG, PNG or WebP. */
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

/** What an argument adds to a field's weight: `weight` for each unit of a number, or once where the argument is given. */
export type CostPart = {
  /** The argument, or the path to it: `input.maxFaces`. */
  argument: Scalars['String']['input'];
  /** The weight of one unit. */
  weight: Scalars['Int']['input'];
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

/** It is gone, and every face template in it with it: the answer comes when they are destroyed. */
export type Deleted = {
  __typename?: 'Deleted';
  /** The id that was deleted. */
  id: Scalars['ID']['output'];
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

/**
 * A face to enroll. Give `subjectId` to add a template to a subject, or `externalId` and `name` to create one: where the
 * collection already has a subject with this `externalId`, the template is added to it. With none of them, a new subject
 * without a name is made.
 */
export type EnrollInput = {
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
  /** An enrolled subject. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
};

/** What `enroll` answers. */
export type EnrollResult = BadImage | Conflict | Enrolled | ManyFaces | ModelMismatch | NoFace | NotFound | PoorQuality;

/** The face is enrolled, now or by an earlier request with the same idempotency key. */
export type Enrolled = {
  __typename?: 'Enrolled';
  /** Whether this enrollment made the subject. */
  created: Scalars['Boolean']['output'];
  /** The face in the picture. */
  face: Face;
  /** Who was enrolled. */
  subject: Subject;
  /** The template that was stored. */
  template: Template;
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

/** One picture, given in exactly one way. JPEG, PNG or WebP; at most 10 MB and 24 megapixels. */
export type ImageInput =
  /** The file's bytes in base64 (RFC 4648, section 4), or a data: URL of them. */
  { base64: Scalars['String']['input']; upload?: never; url?: never; }
  |  /** A file of a multipart request. */
  { base64?: never; upload: Scalars['Upload']['input']; url?: never; }
  |  /** An https address that anyone may read. It is fetched within 5 seconds; addresses of private networks are refused. */
  { base64?: never; upload?: never; url: Scalars['URL']['input']; };

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
  /** Adds one template to a subject, or creates the subject. One photograph is enough; more make it surer. */
  enroll: EnrollResult;
  /** Makes one person of two. */
  mergeSubjects: MergeSubjectsResult;
  /** Revokes a key: it ceases to work where this is asked at once, and everywhere within 5 seconds. `templates` is 0. */
  revokeApiKey: DeleteResult;
  /** Changes a person's name or externalId. */
  updateSubject: UpdateSubjectResult;
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


export type MutationEnrollArgs = {
  input: EnrollInput;
};


export type MutationMergeSubjectsArgs = {
  input: MergeSubjectsInput;
};


export type MutationRevokeApiKeyArgs = {
  id: Scalars['ID']['input'];
};


export type MutationUpdateSubjectArgs = {
  input: UpdateSubjectInput;
};

/** The picture has no face, or none that can be seen well enough. */
export type NoFace = Problem & {
  __typename?: 'NoFace';
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** Whatever has an id of its own. */
export type Node = {
  /** Opaque, and unique over all types. */
  id: Scalars['ID']['output'];
};

/** There is nothing with this id, or it belongs to somebody else. */
export type NotFound = Problem & {
  __typename?: 'NotFound';
  /** The id that was asked for. */
  id: Scalars['ID']['output'];
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** How sure to be: a target false match rate (the default, 1e-4), or a fixed squared distance. */
export type OperatingPoint =
  /** The largest squared L2 distance that still is a match, in [0, 4]. */
  { distance: Scalars['Float']['input']; targetFmr?: never; }
  |  /** How often two people may be taken for one, between 0 and 1. */
  { distance?: never; targetFmr: Scalars['Float']['input']; };

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
  /** Finds faces. Stores nothing; safe to repeat. */
  detect: DetectResult;
  /** One to many: who in the collection is in the picture, if anybody? Stores nothing; safe to repeat. */
  identify: IdentifyResult;
  /** The neural networks of this deployment, with their sources and licences. Any valid key may ask. */
  models: Array<Model>;
  /** Anything that has an id of its own, by it. Null where there is no such thing, or it belongs to somebody else. */
  node?: Maybe<Node>;
  /** One to one: is this the person who enrolled, or the one in the other picture? Stores nothing; safe to repeat. */
  verify: VerifyResult;
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


export type QueryDetectArgs = {
  image: ImageInput;
  maxFaces?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryIdentifyArgs = {
  input: IdentifyInput;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryVerifyArgs = {
  input: VerifyInput;
};

/** Whom to compare with. */
export type ReferenceInput =
  /** Another picture. It is not stored. */
  { image: ImageInput; subjectId?: never; }
  |  /** An enrolled subject. */
  { image?: never; subjectId: Scalars['ID']['input']; };

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
  /** Verify faces, one to one. */
  | 'VERIFY';

/** One person. */
export type Subject = Node & {
  __typename?: 'Subject';
  /** The collection that the person is in. */
  collection: Collection;
  /** When the person was first enrolled. */
  createdAt: Scalars['DateTime']['output'];
  /** What the client calls the person; unique in the collection. */
  externalId?: Maybe<Scalars['String']['output']>;
  /** Names it, for good. */
  id: Scalars['ID']['output'];
  /** A name for people to read. */
  name?: Maybe<Scalars['String']['output']>;
  /** The person's faces, oldest first. */
  templates: Array<Template>;
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

/** One customer. Everything belongs to exactly one. */
export type Tenant = Node & {
  __typename?: 'Tenant';
  /** Names it, for good. */
  id: Scalars['ID']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
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
export type VerifyResult = BadImage | ManyFaces | ModelMismatch | NoFace | NotFound | PoorQuality | Verification;

/** Who is asking. */
export type Viewer = {
  __typename?: 'Viewer';
  /** What the key may do. */
  scopes: Array<Scope>;
  /** To whom the key belongs. */
  tenant: Tenant;
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
    | ( EnrolledRow )
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
    | ( NotFoundRow )
    | ( PoorQualityRow )
    | ( TimedVerificationRow )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( CollectionRow )
    | ( SubjectRow )
    | ( TemplateRecordRow )
    | ( TenantRow )
  ;
  Problem:
    | ( BadImageRow )
    | ( ConflictRow )
    | ( ManyFacesRow )
    | ( ModelMismatchRow )
    | ( NoFaceRow )
    | ( NotFoundRow )
    | ( PoorQualityRow )
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
  Candidate: ResolverTypeWrapper<Omit<Candidate, 'subject'> & { subject: ResolversTypes['Subject'] }>;
  Collection: ResolverTypeWrapper<CollectionRow>;
  CollectionConnection: ResolverTypeWrapper<CollectionPageRow>;
  CollectionCreated: ResolverTypeWrapper<CollectionCreatedRow>;
  CollectionEdge: ResolverTypeWrapper<Omit<CollectionEdge, 'node'> & { node: ResolversTypes['Collection'] }>;
  Conflict: ResolverTypeWrapper<ConflictRow>;
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
  EnrollInput: EnrollInput;
  EnrollResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['EnrollResult']>;
  Enrolled: ResolverTypeWrapper<EnrolledRow>;
  Face: ResolverTypeWrapper<FaceRow>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Identification: ResolverTypeWrapper<TimedIdentificationRow>;
  IdentifiedFace: ResolverTypeWrapper<IdentifiedFaceRow>;
  IdentifyInput: IdentifyInput;
  IdentifyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['IdentifyResult']>;
  ImageInput: ImageInput;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  ManyFaces: ResolverTypeWrapper<ManyFacesRow>;
  MergeSubjectsInput: MergeSubjectsInput;
  MergeSubjectsResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['MergeSubjectsResult']>;
  Metric: ResolverTypeWrapper<Metric>;
  Model: ResolverTypeWrapper<ModelEntryRow>;
  ModelMismatch: ResolverTypeWrapper<ModelMismatchRow>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  NoFace: ResolverTypeWrapper<NoFaceRow>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  NotFound: ResolverTypeWrapper<NotFoundRow>;
  OperatingPoint: OperatingPoint;
  Outcome: Outcome;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Point: ResolverTypeWrapper<Point>;
  PoorQuality: ResolverTypeWrapper<PoorQualityRow>;
  Problem: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Problem']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReferenceInput: ReferenceInput;
  Scope: Scope;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subject: ResolverTypeWrapper<SubjectRow>;
  SubjectConnection: ResolverTypeWrapper<SubjectPageRow>;
  SubjectEdge: ResolverTypeWrapper<Omit<SubjectEdge, 'node'> & { node: ResolversTypes['Subject'] }>;
  SubjectUpdated: ResolverTypeWrapper<SubjectUpdatedRow>;
  SubjectsMerged: ResolverTypeWrapper<SubjectsMergedRow>;
  Template: ResolverTypeWrapper<TemplateRecordRow>;
  Tenant: ResolverTypeWrapper<TenantRow>;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  UpdateSubjectInput: UpdateSubjectInput;
  UpdateSubjectResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateSubjectResult']>;
  Upload: ResolverTypeWrapper<Scalars['Upload']['output']>;
  Verification: ResolverTypeWrapper<TimedVerificationRow>;
  VerifyInput: VerifyInput;
  VerifyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['VerifyResult']>;
  Viewer: ResolverTypeWrapper<Omit<Viewer, 'tenant'> & { tenant: ResolversTypes['Tenant'] }>;
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
  Candidate: Omit<Candidate, 'subject'> & { subject: ResolversParentTypes['Subject'] };
  Collection: CollectionRow;
  CollectionConnection: CollectionPageRow;
  CollectionCreated: CollectionCreatedRow;
  CollectionEdge: Omit<CollectionEdge, 'node'> & { node: ResolversParentTypes['Collection'] };
  Conflict: ConflictRow;
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
  EnrollInput: EnrollInput;
  EnrollResult: ResolversUnionTypes<ResolversParentTypes>['EnrollResult'];
  Enrolled: EnrolledRow;
  Face: FaceRow;
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  Identification: TimedIdentificationRow;
  IdentifiedFace: IdentifiedFaceRow;
  IdentifyInput: IdentifyInput;
  IdentifyResult: ResolversUnionTypes<ResolversParentTypes>['IdentifyResult'];
  ImageInput: ImageInput;
  Int: Scalars['Int']['output'];
  ManyFaces: ManyFacesRow;
  MergeSubjectsInput: MergeSubjectsInput;
  MergeSubjectsResult: ResolversUnionTypes<ResolversParentTypes>['MergeSubjectsResult'];
  Metric: Metric;
  Model: ModelEntryRow;
  ModelMismatch: ModelMismatchRow;
  Mutation: Record<PropertyKey, never>;
  NoFace: NoFaceRow;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  NotFound: NotFoundRow;
  OperatingPoint: OperatingPoint;
  PageInfo: PageInfo;
  Point: Point;
  PoorQuality: PoorQualityRow;
  Problem: ResolversInterfaceTypes<ResolversParentTypes>['Problem'];
  Query: Record<PropertyKey, never>;
  ReferenceInput: ReferenceInput;
  String: Scalars['String']['output'];
  Subject: SubjectRow;
  SubjectConnection: SubjectPageRow;
  SubjectEdge: Omit<SubjectEdge, 'node'> & { node: ResolversParentTypes['Subject'] };
  SubjectUpdated: SubjectUpdatedRow;
  SubjectsMerged: SubjectsMergedRow;
  Template: TemplateRecordRow;
  Tenant: TenantRow;
  URL: Scalars['URL']['output'];
  UpdateSubjectInput: UpdateSubjectInput;
  UpdateSubjectResult: ResolversUnionTypes<ResolversParentTypes>['UpdateSubjectResult'];
  Upload: Scalars['Upload']['output'];
  Verification: TimedVerificationRow;
  VerifyInput: VerifyInput;
  VerifyResult: ResolversUnionTypes<ResolversParentTypes>['VerifyResult'];
  Viewer: Omit<Viewer, 'tenant'> & { tenant: ResolversParentTypes['Tenant'] };
};

export type CostDirectiveArgs = {
  plus?: Maybe<Array<CostPart>>;
  times?: Maybe<Scalars['String']['input']>;
  weight: Scalars['Int']['input'];
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
};

export type ApiKeyCreatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiKeyCreated'] = ResolversParentTypes['ApiKeyCreated']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
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
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
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

export type EnrollResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EnrollResult'] = ResolversParentTypes['EnrollResult']> = {
  __resolveType: TypeResolveFn<'BadImage' | 'Conflict' | 'Enrolled' | 'ManyFaces' | 'ModelMismatch' | 'NoFace' | 'NotFound' | 'PoorQuality', ParentType, ContextType>;
};

export type EnrolledResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Enrolled'] = ResolversParentTypes['Enrolled']> = {
  created?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  face?: Resolver<ResolversTypes['Face'], ParentType, ContextType>;
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
  createApiKey?: Resolver<ResolversTypes['CreateApiKeyResult'], ParentType, ContextType, RequireFields<MutationCreateApiKeyArgs, 'input'>>;
  createCollection?: Resolver<ResolversTypes['CreateCollectionResult'], ParentType, ContextType, RequireFields<MutationCreateCollectionArgs, 'input'>>;
  deleteCollection?: Resolver<ResolversTypes['DeleteResult'], ParentType, ContextType, RequireFields<MutationDeleteCollectionArgs, 'id'>>;
  deleteSubject?: Resolver<ResolversTypes['DeleteResult'], ParentType, ContextType, RequireFields<MutationDeleteSubjectArgs, 'id'>>;
  deleteTemplate?: Resolver<ResolversTypes['DeleteResult'], ParentType, ContextType, RequireFields<MutationDeleteTemplateArgs, 'id'>>;
  enroll?: Resolver<ResolversTypes['EnrollResult'], ParentType, ContextType, RequireFields<MutationEnrollArgs, 'input'>>;
  mergeSubjects?: Resolver<ResolversTypes['MergeSubjectsResult'], ParentType, ContextType, RequireFields<MutationMergeSubjectsArgs, 'input'>>;
  revokeApiKey?: Resolver<ResolversTypes['DeleteResult'], ParentType, ContextType, RequireFields<MutationRevokeApiKeyArgs, 'id'>>;
  updateSubject?: Resolver<ResolversTypes['UpdateSubjectResult'], ParentType, ContextType, RequireFields<MutationUpdateSubjectArgs, 'input'>>;
};

export type NoFaceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NoFace'] = ResolversParentTypes['NoFace']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Collection' | 'Subject' | 'Template' | 'Tenant', ParentType, ContextType>;
};

export type NotFoundResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotFound'] = ResolversParentTypes['NotFound']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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
  __resolveType: TypeResolveFn<'BadImage' | 'Conflict' | 'ManyFaces' | 'ModelMismatch' | 'NoFace' | 'NotFound' | 'PoorQuality', ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  apiKeys?: Resolver<Array<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  collection?: Resolver<Maybe<ResolversTypes['Collection']>, ParentType, ContextType, RequireFields<QueryCollectionArgs, 'id'>>;
  collections?: Resolver<ResolversTypes['CollectionConnection'], ParentType, ContextType, RequireFields<QueryCollectionsArgs, 'first'>>;
  detect?: Resolver<ResolversTypes['DetectResult'], ParentType, ContextType, RequireFields<QueryDetectArgs, 'image' | 'maxFaces'>>;
  identify?: Resolver<ResolversTypes['IdentifyResult'], ParentType, ContextType, RequireFields<QueryIdentifyArgs, 'input'>>;
  models?: Resolver<Array<ResolversTypes['Model']>, ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  verify?: Resolver<ResolversTypes['VerifyResult'], ParentType, ContextType, RequireFields<QueryVerifyArgs, 'input'>>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type SubjectResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subject'] = ResolversParentTypes['Subject']> = {
  collection?: Resolver<ResolversTypes['Collection'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  externalId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  templates?: Resolver<Array<ResolversTypes['Template']>, ParentType, ContextType>;
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

export type TemplateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Template'] = ResolversParentTypes['Template']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  modelId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quality?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TenantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Tenant'] = ResolversParentTypes['Tenant']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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
  __resolveType: TypeResolveFn<'BadImage' | 'ManyFaces' | 'ModelMismatch' | 'NoFace' | 'NotFound' | 'PoorQuality' | 'Verification', ParentType, ContextType>;
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
  EnrollResult?: EnrollResultResolvers<ContextType>;
  Enrolled?: EnrolledResolvers<ContextType>;
  Face?: FaceResolvers<ContextType>;
  Identification?: IdentificationResolvers<ContextType>;
  IdentifiedFace?: IdentifiedFaceResolvers<ContextType>;
  IdentifyResult?: IdentifyResultResolvers<ContextType>;
  ManyFaces?: ManyFacesResolvers<ContextType>;
  MergeSubjectsResult?: MergeSubjectsResultResolvers<ContextType>;
  Metric?: MetricResolvers<ContextType>;
  Model?: ModelResolvers<ContextType>;
  ModelMismatch?: ModelMismatchResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  NoFace?: NoFaceResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  NotFound?: NotFoundResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Point?: PointResolvers<ContextType>;
  PoorQuality?: PoorQualityResolvers<ContextType>;
  Problem?: ProblemResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subject?: SubjectResolvers<ContextType>;
  SubjectConnection?: SubjectConnectionResolvers<ContextType>;
  SubjectEdge?: SubjectEdgeResolvers<ContextType>;
  SubjectUpdated?: SubjectUpdatedResolvers<ContextType>;
  SubjectsMerged?: SubjectsMergedResolvers<ContextType>;
  Template?: TemplateResolvers<ContextType>;
  Tenant?: TenantResolvers<ContextType>;
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
