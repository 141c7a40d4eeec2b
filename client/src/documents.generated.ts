/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocument } from "./send.ts";
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

/** The collection to create. */
export type CreateCollectionInput = {
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and name returns the first collection. */
  idempotencyKey?: string | null | undefined;
  /** The name: 1 to 200 characters. */
  name: string;
};

/** Whether two faces match. */
export type Decision =
  /** The distance is at most the threshold. */
  | 'MATCH'
  /** The distance is greater than the threshold. */
  | 'NO_MATCH';

/**
 * The face to enroll. Pass `subjectId` to add a template to an existing subject. Pass `externalId`, `name` or both to create a
 * subject; if the collection already has a subject with this `externalId`, the template is added to it. Pass none of them to create
 * a subject without a name. A face that is added to an existing subject is first compared with the templates of that subject.
 */
export type EnrollInput = {
  /** Adds the face even if it does not match the subject. Requires the MANAGE scope. */
  allowDifferent?: boolean | null | undefined;
  /** The ID of the collection. */
  collectionId: string;
  /** Your own identifier for the person: 1 to 200 characters, unique in the collection. */
  externalId?: string | null | undefined;
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and input returns the first result. With other input it returns `Conflict`. */
  idempotencyKey?: string | null | undefined;
  /** An image of the person. */
  image: ImageInput;
  /** The minimum quality of the face, in [0, 1]. Default: 0.01. */
  minimumQuality?: number | null | undefined;
  /** The name of the new subject: 1 to 200 characters. */
  name?: string | null | undefined;
  /** Returns `LooksLikeOthers` and stores nothing if another subject of the collection is a lookalike. Requires the IDENTIFY or MANAGE scope. */
  refuseLookalikes?: boolean | null | undefined;
  /** The ID of an existing subject. */
  subjectId?: string | null | undefined;
  /**
   * The false match rate (FMR) that sets the threshold, between 0 and 1. The face is added if `verify` would match it with the subject
   * at this rate. A lookalike is another subject within the same threshold. A rate above the default requires the MANAGE scope. Do not
   * use a higher rate than for `verify`: a face that was added matches from then on.
   */
  targetFmr?: number | null | undefined;
};

/** A subject by its externalId. */
export type ExternalReferenceInput = {
  /** The ID of the collection of the subject. */
  collectionId: string;
  /** The externalId of the subject, unique in the collection. */
  externalId: string;
};

/** The faces to identify and the collection to search. */
export type IdentifyInput = {
  /** The ID of the collection to search. */
  collectionId: string;
  /** The maximum number of candidates for each face, in 1..100. */
  maxCandidates?: number | null | undefined;
  /** The maximum number of faces to identify, most prominent first, in 1..100. */
  maxFaces?: number | null | undefined;
  /** An image of the person or people to identify. */
  probe: ImageInput;
  /** The target false positive identification rate (FPIR), between 0 and 1: the chance that a person who is not enrolled is identified as someone in the collection. The threshold becomes stricter as the collection grows. */
  targetFpir?: number | null | undefined;
};

/** An image, passed in exactly one of these ways. JPEG, PNG or WebP, at most 50 megapixels and 20 MB (10 MB as base64). */
export type ImageInput =
  {   /**
   * The bytes of the file, at most 10 MB, in base64 (RFC 4648, section 4 or 5; padding and line breaks are optional), or a `data:` URL
   * with base64 or percent-encoded data.
   */
  base64: string; upload?: never; url?: never; }
  |  { base64?: never;   /** A file of a multipart request, at most 20 MB. */
  upload: import('./images.ts').UploadFile; url?: never; }
  |  { base64?: never; upload?: never;   /** A public https URL, at most 20 MB. It must respond within 5 seconds. URLs in private networks are refused. */
  url: string; };

/** The initial image of the optimization. */
export type Init =
  /** The photograph with the colors of the painting. */
  | 'CONTENT'
  /** A random image, as in the paper. */
  | 'NOISE';

/** What a job does. */
export type JobKind =
  /** Stylizes an image by optimization: `optimizeStyle`. */
  | 'OPTIMIZE_STYLE'
  /** Trains a style from a painting: `trainStyle`. */
  | 'TRAIN_STYLE';

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
  layer: string;
  /** The weight, in (0, 100]. */
  weight: number;
};

/** Two subjects of the same collection that are the same person. */
export type MergeSubjectsInput = {
  /** The ID of the subject whose templates are moved. This subject is deleted. */
  from: string;
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and IDs returns the first result. */
  idempotencyKey?: string | null | undefined;
  /** The ID of the subject that remains, with its name and externalId. */
  into: string;
};

/** How to set the threshold: by a target false match rate (the default, 1e-4), or by a fixed squared distance. */
export type OperatingPoint =
  {   /** The maximum squared L2 distance of a match, in [0, 4]. */
  distance: number; targetFmr?: never; }
  |  { distance?: never;   /** The target false match rate (FMR), between 0 and 1: the share of comparisons of different people that may match. */
  targetFmr: number; };

/**
 * The settings of a stylization by optimization. It minimizes J(G) = contentWeight·J_content + styleWeight·J_style + smoothness·TV
 * over the image G. The default of an omitted setting depends on the recipe.
 */
export type OptimizeStyleInput = {
  /** The photograph. */
  content: ImageInput;
  /** The layer whose features define the content. */
  contentLayer?: string | null | undefined;
  /** The weight α of the content loss, in [0, 1000]. */
  contentWeight?: number | null | undefined;
  /** The deadline in seconds from now, in 60..604800. The job expires if it is not complete by then. Default: 86400 (one day). */
  deadlineSeconds?: number | null | undefined;
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and input returns the first job. With other input it returns `Conflict`. */
  idempotencyKey?: string | null | undefined;
  /** The initial image. Default: CONTENT. */
  init?: Init | null | undefined;
  /** The length of the longer side of the result in pixels, in 64..2048. */
  maxSide?: number | null | undefined;
  /** The optimization algorithm. */
  optimizer?: Optimizer | null | undefined;
  /** Whether to keep the colors of the photograph. */
  preserveColors?: boolean | null | undefined;
  /** The number of steps between previews, in 1..2000. Default: a tenth of `steps`. */
  previewEvery?: number | null | undefined;
  /** The optimization method. */
  recipe?: Recipe | null | undefined;
  /** The random seed, in 0..4294967295. The same seed on the same hardware gives the same image. */
  seed?: number | null | undefined;
  /** The weight of the total variation, in [0, 1000]. */
  smoothness?: number | null | undefined;
  /** The number of steps, in 1..2000. */
  steps?: number | null | undefined;
  /** The layers whose Gram matrices, or moments, define the style. At most 12. */
  styleLayers?: Array<LayerWeight> | null | undefined;
  /** The weight β of the style loss, in [0, 1000]. */
  styleWeight?: number | null | undefined;
  /** One to four paintings. */
  styles: Array<WeightedStyle>;
  /** A public https URL. When the job ends, it receives a POST request according to Standard Webhooks. */
  webhook?: string | null | undefined;
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

/** The optimization method. */
export type Recipe =
  /** Gatys et al. 2016, with the photograph in the colors of the painting as the content target. */
  | 'GATYS'
  /** Color transfer, optimization at half size, then projection onto patches of the painting. Faces are preserved. */
  | 'PAINTERLY';

/** What to compare the probe with. */
export type ReferenceInput =
  {   /** An enrolled subject, by its externalId. */
  externalId: ExternalReferenceInput; image?: never; subjectId?: never; }
  |  { externalId?: never;   /** Another image. It is not stored. */
  image: ImageInput; subjectId?: never; }
  |  { externalId?: never; image?: never;   /** The ID of an enrolled subject. */
  subjectId: string; };

/** A painting: an image, or the painting of a style. */
export type StyleSource =
  {   /** An image of the painting. */
  image: ImageInput; styleId?: never; }
  |  { image?: never;   /** The ID of a style in `styles`. Its painting is used. */
  styleId: string; };

/** The image to stylize and the settings. */
export type StylizeInput = {
  /** The photograph. */
  image: ImageInput;
  /** The maximum length of the longer side of the result in pixels, in 64..2048. A smaller photograph is not enlarged. */
  maxSide?: number | null | undefined;
  /** Whether to keep the colors of the photograph. */
  preserveColors?: boolean | null | undefined;
  /** The quality. */
  quality?: StylizeQuality | null | undefined;
  /** The strength of the style, in [0, 1]. 0 returns the photograph. */
  strength?: number | null | undefined;
  /** The ID of a style in `styles`. A built-in style can also be given by its name. */
  styleId: string;
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

/** The settings of a style training. */
export type TrainStyleInput = {
  /** The weight of the content loss, in [0, 1000]. */
  contentWeight?: number | null | undefined;
  /** The deadline in seconds from now, in 60..604800. The job expires if it is not complete by then. Default: 86400 (one day). */
  deadlineSeconds?: number | null | undefined;
  /** 1 to 200 characters, valid for a day. A repeated request with the same key and input returns the first job. With other input it returns `Conflict`. */
  idempotencyKey?: string | null | undefined;
  /** The name of the new style: 1 to 200 characters. */
  name: string;
  /** The random seed, in 0..4294967295. The same seed on the same hardware trains the same network. */
  seed?: number | null | undefined;
  /** The number of steps, in 1..20000. Default: 2000. */
  steps?: number | null | undefined;
  /** The painting, at least 64 pixels on each side. */
  style: ImageInput;
  /** The weight of the style loss, in [0, 1000]. */
  styleWeight?: number | null | undefined;
  /** A public https URL. When the job ends, it receives a POST request according to Standard Webhooks. */
  webhook?: string | null | undefined;
};

/** The changes to a subject. Omitted fields keep their value. Null removes the value. */
export type UpdateSubjectInput = {
  /** Your new identifier for the person: 1 to 200 characters, unique in the collection. */
  externalId?: string | null | undefined;
  /** The ID of the subject. */
  id: string;
  /** The new name: 1 to 200 characters. */
  name?: string | null | undefined;
};

/** The probe and the reference to compare. */
export type VerifyInput = {
  /** How to set the threshold. */
  operatingPoint?: OperatingPoint | null | undefined;
  /** An image of the person to verify. */
  probe: ImageInput;
  /** The person that the probe is expected to show. */
  reference: ReferenceInput;
};

/** A painting and its relative weight. */
export type WeightedStyle = {
  /** The painting. */
  source: StyleSource;
  /** The weight relative to the other paintings, in (0, 100]. */
  weight?: number | null | undefined;
};

export type FaceFragment = { confidence: number, quality: number, box: { x: number, y: number, width: number, height: number }, landmarks: Array<{ x: number, y: number }> };

export type CollectionFragment = { id: string, name: string, modelId: string, templateCount: number, createdAt: string };

export type SubjectFragment = { id: string, name: string | null, externalId: string | null, createdAt: string };

export type TemplateFragment = { id: string, modelId: string, quality: number, createdAt: string };

export type StoredImageFragment = { url: string, width: number, height: number, contentType: string, sha256: string, expiresAt: string };

export type StyleFragment = { id: string, name: string, origin: string, modelId: string, thumbnail: string };

export type JobFragment = { id: string, kind: JobKind, state: JobState, attempt: number, progress: number, step: number, steps: number, error: string | null, dispatchError: string | null, webhookError: string | null, webhookDeliveredAt: string | null, provider: string | null, createdAt: string, startedAt: string | null, finishedAt: string | null, preview: StoredImageFragment | null, result: StoredImageFragment | null, style: StyleFragment | null };

export type WatchedJobFragment = (
  { losses: Array<{ step: number, total: number, content: number, style: number }> }
  & JobFragment
);

type Problem_BadImage_Fragment = { reason: BadImageReason, message: string };

type Problem_Conflict_Fragment = { message: string };

type Problem_DifferentPerson_Fragment = { message: string };

type Problem_LooksLikeOthers_Fragment = { message: string };

type Problem_ManyFaces_Fragment = { message: string };

type Problem_ModelMismatch_Fragment = { expected: string, found: string, message: string };

type Problem_NoFace_Fragment = { message: string };

type Problem_NoTemplate_Fragment = { message: string };

type Problem_NotFound_Fragment = { missingId: string, message: string };

type Problem_PoorQuality_Fragment = { message: string };

type Problem_TooManyJobs_Fragment = { limit: number, message: string };

export type ProblemFragment =
  | Problem_BadImage_Fragment
  | Problem_Conflict_Fragment
  | Problem_DifferentPerson_Fragment
  | Problem_LooksLikeOthers_Fragment
  | Problem_ManyFaces_Fragment
  | Problem_ModelMismatch_Fragment
  | Problem_NoFace_Fragment
  | Problem_NoTemplate_Fragment
  | Problem_NotFound_Fragment
  | Problem_PoorQuality_Fragment
  | Problem_TooManyJobs_Fragment
;

export type EnrollMutationVariables = Exact<{
  input: EnrollInput;
}>;


export type EnrollMutation = { enroll:
    | (
      { __typename: 'BadImage' }
      & Problem_BadImage_Fragment
    )
    | (
      { __typename: 'Conflict' }
      & Problem_Conflict_Fragment
    )
    | (
      { __typename: 'DifferentPerson', distance: number, threshold: number, subjectId: string }
      & Problem_DifferentPerson_Fragment
    )
    | { __typename: 'Enrolled', created: boolean, subject: SubjectFragment, template: TemplateFragment, face: FaceFragment }
    | (
      { __typename: 'LooksLikeOthers' }
      & Problem_LooksLikeOthers_Fragment
    )
    | (
      { __typename: 'ManyFaces', faces: Array<FaceFragment> }
      & Problem_ManyFaces_Fragment
    )
    | (
      { __typename: 'ModelMismatch' }
      & Problem_ModelMismatch_Fragment
    )
    | (
      { __typename: 'NoFace' }
      & Problem_NoFace_Fragment
    )
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
    | (
      { __typename: 'PoorQuality', quality: number, minimum: number }
      & Problem_PoorQuality_Fragment
    )
   };

export type VerifyMutationVariables = Exact<{
  input: VerifyInput;
}>;


export type VerifyMutation = { verify:
    | (
      { __typename: 'BadImage' }
      & Problem_BadImage_Fragment
    )
    | (
      { __typename: 'ManyFaces', faces: Array<FaceFragment> }
      & Problem_ManyFaces_Fragment
    )
    | (
      { __typename: 'ModelMismatch' }
      & Problem_ModelMismatch_Fragment
    )
    | (
      { __typename: 'NoFace' }
      & Problem_NoFace_Fragment
    )
    | (
      { __typename: 'NoTemplate', subjectId: string }
      & Problem_NoTemplate_Fragment
    )
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
    | (
      { __typename: 'PoorQuality', quality: number, minimum: number }
      & Problem_PoorQuality_Fragment
    )
    | { __typename: 'Verification', decision: Decision, distance: number, threshold: number, fmr: number, millis: number | null, probe: FaceFragment }
   };

export type IdentifyMutationVariables = Exact<{
  input: IdentifyInput;
}>;


export type IdentifyMutation = { identify:
    | (
      { __typename: 'BadImage' }
      & Problem_BadImage_Fragment
    )
    | { __typename: 'Identification', gallerySize: number, threshold: number, millis: number | null, faces: Array<{ outcome: Outcome, face: FaceFragment, candidates: Array<{ distance: number, fpir: number, subject: SubjectFragment }> }> }
    | (
      { __typename: 'ModelMismatch' }
      & Problem_ModelMismatch_Fragment
    )
    | (
      { __typename: 'NoFace' }
      & Problem_NoFace_Fragment
    )
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
   };

export type DetectMutationVariables = Exact<{
  image: ImageInput;
  maxFaces?: number | null | undefined;
}>;


export type DetectMutation = { detect:
    | (
      { __typename: 'BadImage' }
      & Problem_BadImage_Fragment
    )
    | { __typename: 'Detection', width: number, height: number, millis: number | null, faces: Array<FaceFragment> }
   };

export type CreateCollectionMutationVariables = Exact<{
  input: CreateCollectionInput;
}>;


export type CreateCollectionMutation = { createCollection:
    | { __typename: 'CollectionCreated', collection: CollectionFragment }
    | (
      { __typename: 'Conflict' }
      & Problem_Conflict_Fragment
    )
   };

export type CollectionQueryVariables = Exact<{
  id: string;
}>;


export type CollectionQuery = { collection: CollectionFragment | null };

export type CollectionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CollectionsQuery = { collections: { edges: Array<{ node: CollectionFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DeleteCollectionMutationVariables = Exact<{
  id: string;
}>;


export type DeleteCollectionMutation = { deleteCollection:
    | { __typename: 'Deleted', deletedId: string, templates: number }
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
   };

export type SubjectQueryVariables = Exact<{
  id: string;
}>;


export type SubjectQuery = { node:
    | { __typename: 'ApiKey' }
    | { __typename: 'Collection' }
    | { __typename: 'Job' }
    | { __typename: 'Style' }
    | (
      { __typename: 'Subject' }
      & SubjectFragment
    )
    | { __typename: 'Template' }
    | { __typename: 'Tenant' }
   | null };

export type SubjectByExternalIdQueryVariables = Exact<{
  collectionId: string;
  externalId: string;
}>;


export type SubjectByExternalIdQuery = { subject: SubjectFragment | null };

export type SubjectsQueryVariables = Exact<{
  collectionId: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SubjectsQuery = { collection: { subjects: { edges: Array<{ node: SubjectFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type UpdateSubjectMutationVariables = Exact<{
  input: UpdateSubjectInput;
}>;


export type UpdateSubjectMutation = { updateSubject:
    | (
      { __typename: 'Conflict' }
      & Problem_Conflict_Fragment
    )
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
    | { __typename: 'SubjectUpdated', subject: SubjectFragment }
   };

export type MergeSubjectsMutationVariables = Exact<{
  input: MergeSubjectsInput;
}>;


export type MergeSubjectsMutation = { mergeSubjects:
    | (
      { __typename: 'Conflict' }
      & Problem_Conflict_Fragment
    )
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
    | { __typename: 'SubjectsMerged', subject: SubjectFragment }
   };

export type DeleteSubjectMutationVariables = Exact<{
  id: string;
}>;


export type DeleteSubjectMutation = { deleteSubject:
    | { __typename: 'Deleted', deletedId: string, templates: number }
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
   };

export type TemplatesQueryVariables = Exact<{
  subjectId: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TemplatesQuery = { node:
    | { __typename: 'ApiKey' }
    | { __typename: 'Collection' }
    | { __typename: 'Job' }
    | { __typename: 'Style' }
    | { __typename: 'Subject', templates: { edges: Array<{ node: TemplateFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { __typename: 'Template' }
    | { __typename: 'Tenant' }
   | null };

export type DeleteTemplateMutationVariables = Exact<{
  id: string;
}>;


export type DeleteTemplateMutation = { deleteTemplate:
    | { __typename: 'Deleted', deletedId: string, templates: number }
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
   };

export type StylesQueryVariables = Exact<{ [key: string]: never; }>;


export type StylesQuery = { styles: Array<StyleFragment> };

export type StylizeMutationVariables = Exact<{
  input: StylizeInput;
}>;


export type StylizeMutation = { stylize:
    | (
      { __typename: 'BadImage' }
      & Problem_BadImage_Fragment
    )
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
    | { __typename: 'Stylized', millis: number | null, image: StoredImageFragment, style: StyleFragment }
   };

export type OptimizeStyleMutationVariables = Exact<{
  input: OptimizeStyleInput;
}>;


export type OptimizeStyleMutation = { optimizeStyle:
    | (
      { __typename: 'BadImage' }
      & Problem_BadImage_Fragment
    )
    | (
      { __typename: 'Conflict' }
      & Problem_Conflict_Fragment
    )
    | { __typename: 'JobStarted', job: JobFragment }
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
    | (
      { __typename: 'TooManyJobs' }
      & Problem_TooManyJobs_Fragment
    )
   };

export type TrainStyleMutationVariables = Exact<{
  input: TrainStyleInput;
}>;


export type TrainStyleMutation = { trainStyle:
    | (
      { __typename: 'BadImage' }
      & Problem_BadImage_Fragment
    )
    | (
      { __typename: 'Conflict' }
      & Problem_Conflict_Fragment
    )
    | { __typename: 'JobStarted', job: JobFragment }
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
    | (
      { __typename: 'TooManyJobs' }
      & Problem_TooManyJobs_Fragment
    )
   };

export type JobQueryVariables = Exact<{
  id: string;
}>;


export type JobQuery = { job: WatchedJobFragment | null };

export type JobsQueryVariables = Exact<{
  state?: JobState | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type JobsQuery = { jobs: { edges: Array<{ node: JobFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CancelJobMutationVariables = Exact<{
  id: string;
}>;


export type CancelJobMutation = { cancelJob:
    | (
      { __typename: 'Conflict' }
      & Problem_Conflict_Fragment
    )
    | { __typename: 'JobCanceled', job: JobFragment }
    | (
      { __typename: 'NotFound' }
      & Problem_NotFound_Fragment
    )
   };

export type JobUpdatedSubscriptionVariables = Exact<{
  id: string;
}>;


export type JobUpdatedSubscription = { jobUpdated: WatchedJobFragment };

export const EnrollDocument: TypedDocument<EnrollMutation, EnrollMutationVariables> =
  "mutation Enroll($input:EnrollInput!){enroll(input:$input){__typename ...on Enrolled{created subject{...Subject}template{...Template}face{...Face}}...on DifferentPerson{distance threshold subjectId}...on ManyFaces{faces{...Face}}...on PoorQuality{quality minimum}...Problem}}fragment Subject on Subject{id name externalId createdAt}fragment Template on Template{id modelId quality createdAt}fragment Face on Face{box{x y width height}landmarks{x y}confidence quality}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const VerifyDocument: TypedDocument<VerifyMutation, VerifyMutationVariables> =
  "mutation Verify($input:VerifyInput!){verify(input:$input){__typename ...on Verification{decision distance threshold fmr millis probe{...Face}}...on ManyFaces{faces{...Face}}...on NoTemplate{subjectId}...on PoorQuality{quality minimum}...Problem}}fragment Face on Face{box{x y width height}landmarks{x y}confidence quality}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const IdentifyDocument: TypedDocument<IdentifyMutation, IdentifyMutationVariables> =
  "mutation Identify($input:IdentifyInput!){identify(input:$input){__typename ...on Identification{gallerySize threshold millis faces{outcome face{...Face}candidates{distance fpir subject{...Subject}}}}...Problem}}fragment Face on Face{box{x y width height}landmarks{x y}confidence quality}fragment Subject on Subject{id name externalId createdAt}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const DetectDocument: TypedDocument<DetectMutation, DetectMutationVariables> =
  "mutation Detect($image:ImageInput!$maxFaces:Int){detect(image:$image maxFaces:$maxFaces){__typename ...on Detection{width height millis faces{...Face}}...Problem}}fragment Face on Face{box{x y width height}landmarks{x y}confidence quality}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const CreateCollectionDocument: TypedDocument<CreateCollectionMutation, CreateCollectionMutationVariables> =
  "mutation CreateCollection($input:CreateCollectionInput!){createCollection(input:$input){__typename ...on CollectionCreated{collection{...Collection}}...Problem}}fragment Collection on Collection{id name modelId templateCount createdAt}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const CollectionDocument: TypedDocument<CollectionQuery, CollectionQueryVariables> =
  "query Collection($id:ID!){collection(id:$id){...Collection}}fragment Collection on Collection{id name modelId templateCount createdAt}";
export const CollectionsDocument: TypedDocument<CollectionsQuery, CollectionsQueryVariables> =
  "query Collections($first:Int$after:String){collections(first:$first after:$after){edges{node{...Collection}}pageInfo{hasNextPage endCursor}}}fragment Collection on Collection{id name modelId templateCount createdAt}";
export const DeleteCollectionDocument: TypedDocument<DeleteCollectionMutation, DeleteCollectionMutationVariables> =
  "mutation DeleteCollection($id:ID!){deleteCollection(id:$id){__typename ...on Deleted{deletedId templates}...Problem}}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const SubjectDocument: TypedDocument<SubjectQuery, SubjectQueryVariables> =
  "query Subject($id:ID!){node(id:$id){__typename ...on Subject{...Subject}}}fragment Subject on Subject{id name externalId createdAt}";
export const SubjectByExternalIdDocument: TypedDocument<SubjectByExternalIdQuery, SubjectByExternalIdQueryVariables> =
  "query SubjectByExternalId($collectionId:ID!$externalId:String!){subject(collectionId:$collectionId externalId:$externalId){...Subject}}fragment Subject on Subject{id name externalId createdAt}";
export const SubjectsDocument: TypedDocument<SubjectsQuery, SubjectsQueryVariables> =
  "query Subjects($collectionId:ID!$first:Int$after:String){collection(id:$collectionId){subjects(first:$first after:$after){edges{node{...Subject}}pageInfo{hasNextPage endCursor}}}}fragment Subject on Subject{id name externalId createdAt}";
export const UpdateSubjectDocument: TypedDocument<UpdateSubjectMutation, UpdateSubjectMutationVariables> =
  "mutation UpdateSubject($input:UpdateSubjectInput!){updateSubject(input:$input){__typename ...on SubjectUpdated{subject{...Subject}}...Problem}}fragment Subject on Subject{id name externalId createdAt}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const MergeSubjectsDocument: TypedDocument<MergeSubjectsMutation, MergeSubjectsMutationVariables> =
  "mutation MergeSubjects($input:MergeSubjectsInput!){mergeSubjects(input:$input){__typename ...on SubjectsMerged{subject{...Subject}}...Problem}}fragment Subject on Subject{id name externalId createdAt}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const DeleteSubjectDocument: TypedDocument<DeleteSubjectMutation, DeleteSubjectMutationVariables> =
  "mutation DeleteSubject($id:ID!){deleteSubject(id:$id){__typename ...on Deleted{deletedId templates}...Problem}}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const TemplatesDocument: TypedDocument<TemplatesQuery, TemplatesQueryVariables> =
  "query Templates($subjectId:ID!$first:Int$after:String){node(id:$subjectId){__typename ...on Subject{templates(first:$first after:$after){edges{node{...Template}}pageInfo{hasNextPage endCursor}}}}}fragment Template on Template{id modelId quality createdAt}";
export const DeleteTemplateDocument: TypedDocument<DeleteTemplateMutation, DeleteTemplateMutationVariables> =
  "mutation DeleteTemplate($id:ID!){deleteTemplate(id:$id){__typename ...on Deleted{deletedId templates}...Problem}}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const StylesDocument: TypedDocument<StylesQuery, StylesQueryVariables> =
  "query Styles{styles{...Style}}fragment Style on Style{id name origin modelId thumbnail}";
export const StylizeDocument: TypedDocument<StylizeMutation, StylizeMutationVariables> =
  "mutation Stylize($input:StylizeInput!){stylize(input:$input){__typename ...on Stylized{image{...StoredImage}style{...Style}millis}...Problem}}fragment StoredImage on StoredImage{url width height contentType sha256 expiresAt}fragment Style on Style{id name origin modelId thumbnail}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const OptimizeStyleDocument: TypedDocument<OptimizeStyleMutation, OptimizeStyleMutationVariables> =
  "mutation OptimizeStyle($input:OptimizeStyleInput!){optimizeStyle(input:$input){__typename ...on JobStarted{job{...Job}}...Problem}}fragment Job on Job{id kind state attempt progress step steps preview{...StoredImage}result{...StoredImage}style{...Style}error dispatchError webhookError webhookDeliveredAt provider createdAt startedAt finishedAt}fragment StoredImage on StoredImage{url width height contentType sha256 expiresAt}fragment Style on Style{id name origin modelId thumbnail}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const TrainStyleDocument: TypedDocument<TrainStyleMutation, TrainStyleMutationVariables> =
  "mutation TrainStyle($input:TrainStyleInput!){trainStyle(input:$input){__typename ...on JobStarted{job{...Job}}...Problem}}fragment Job on Job{id kind state attempt progress step steps preview{...StoredImage}result{...StoredImage}style{...Style}error dispatchError webhookError webhookDeliveredAt provider createdAt startedAt finishedAt}fragment StoredImage on StoredImage{url width height contentType sha256 expiresAt}fragment Style on Style{id name origin modelId thumbnail}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const JobDocument: TypedDocument<JobQuery, JobQueryVariables> =
  "query Job($id:ID!){job(id:$id){...WatchedJob}}fragment WatchedJob on Job{...Job losses{step total content style}}fragment Job on Job{id kind state attempt progress step steps preview{...StoredImage}result{...StoredImage}style{...Style}error dispatchError webhookError webhookDeliveredAt provider createdAt startedAt finishedAt}fragment StoredImage on StoredImage{url width height contentType sha256 expiresAt}fragment Style on Style{id name origin modelId thumbnail}";
export const JobsDocument: TypedDocument<JobsQuery, JobsQueryVariables> =
  "query Jobs($state:JobState$first:Int$after:String){jobs(state:$state first:$first after:$after){edges{node{...Job}}pageInfo{hasNextPage endCursor}}}fragment Job on Job{id kind state attempt progress step steps preview{...StoredImage}result{...StoredImage}style{...Style}error dispatchError webhookError webhookDeliveredAt provider createdAt startedAt finishedAt}fragment StoredImage on StoredImage{url width height contentType sha256 expiresAt}fragment Style on Style{id name origin modelId thumbnail}";
export const CancelJobDocument: TypedDocument<CancelJobMutation, CancelJobMutationVariables> =
  "mutation CancelJob($id:ID!){cancelJob(id:$id){__typename ...on JobCanceled{job{...Job}}...Problem}}fragment Job on Job{id kind state attempt progress step steps preview{...StoredImage}result{...StoredImage}style{...Style}error dispatchError webhookError webhookDeliveredAt provider createdAt startedAt finishedAt}fragment StoredImage on StoredImage{url width height contentType sha256 expiresAt}fragment Style on Style{id name origin modelId thumbnail}fragment Problem on Problem{message ...on BadImage{reason}...on ModelMismatch{expected found}...on NotFound{missingId}...on TooManyJobs{limit}}";
export const JobUpdatedDocument: TypedDocument<JobUpdatedSubscription, JobUpdatedSubscriptionVariables> =
  "subscription JobUpdated($id:ID!){jobUpdated(id:$id){...WatchedJob}}fragment WatchedJob on Job{...Job losses{step total content style}}fragment Job on Job{id kind state attempt progress step steps preview{...StoredImage}result{...StoredImage}style{...Style}error dispatchError webhookError webhookDeliveredAt provider createdAt startedAt finishedAt}fragment StoredImage on StoredImage{url width height contentType sha256 expiresAt}fragment Style on Style{id name origin modelId thumbnail}";