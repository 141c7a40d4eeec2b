export { type CallOptions, type ClientOptions, createClient, type SemblanceClient } from "./client.ts";
export type {
  BadImageReason,
  Decision,
  FaceFragment as Face,
  JobKind,
  JobState,
  StoredImageFragment as StoredImage,
} from "./documents.generated.ts";
export { type LocalErrorCode, SemblanceError } from "./error.ts";
export {
  type DetectOutcome,
  type DetectRequest,
  detect,
  type EnrollOutcome,
  type EnrollRequest,
  enroll,
  type IdentifyOutcome,
  type IdentifyRequest,
  identify,
  type Reference,
  type VerifyOutcome,
  type VerifyRequest,
  verify,
} from "./faces.ts";
export {
  type Collection,
  type CreateCollectionOutcome,
  collections,
  createCollection,
  type DeleteOutcome,
  deleteCollection,
  deleteSubject,
  deleteTemplate,
  findCollection,
  findSubject,
  type MergeSubjectsOutcome,
  mergeSubjects,
  type Subject,
  type SubjectKey,
  subjects,
  type Template,
  templates,
  type UpdateSubjectOutcome,
  updateSubject,
} from "./gallery.ts";
export type { ImageSource, ReactNativeFile, UploadFile } from "./images.ts";
export { type CancelJobOutcome, cancelJob, findJob, type Job, jobs, type WatchedJob, watchJob } from "./jobs.ts";
export { execute, type SendOptions, type TypedDocument } from "./send.ts";
export {
  type OptimizeStyleOutcome,
  type OptimizeStyleRequest,
  optimizeStyle,
  type PaintingSource,
  type Style,
  type StylizeOutcome,
  type StylizeRequest,
  styles,
  stylize,
  type TrainStyleOutcome,
  type TrainStyleRequest,
  trainStyle,
} from "./styles.ts";
export { subscribe } from "./subscribe.ts";
export { type JobEvent, type ReceivedWebhook, verifyWebhook, WebhookVerificationError } from "./webhook.ts";
