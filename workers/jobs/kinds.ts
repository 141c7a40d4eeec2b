import type { StoredWork, Work } from "../../schema/protocol/dispatch.ts";
import type { Report } from "../../schema/protocol/report.ts";
import type { Change, Job } from "./jobs.ts";

export type JobKindName = StoredWork["kind"];

type OfKind<T, Name> = Extract<T, { kind: Name }>;
type Delivered = Extract<Report, { event: "succeeded" }>["delivered"];
/** The artifacts of a result, as opposed to previews and checkpoints. */
export type ResultArtifact = keyof Job["delivered"];

/** A file in the record of a job: the key of its blob, and its SHA-256 in hexadecimal. */
export type StoredFile = { key: string; sha256: string };
/** The same file as the job service reads it. */
type InputFile = { url: string; sha256: string };

/** What distinguishes one kind of job from the others. All else about a job is the same for all kinds, and does not ask for the kind. */
export interface JobKind<Name extends JobKindName> {
  /** The name of the kind in the GraphQL schema and in webhooks. */
  publicName: PublicName<Name>;
  /** Replaces the files of the stored work by files that the job service can read. */
  dispatched(
    work: OfKind<StoredWork, Name>,
    inputOf: (file: StoredFile) => Promise<InputFile>,
  ): Promise<OfKind<Work, Name>>;
  /** The artifacts that a successful attempt must have put, with the SHA-256 that its report gives. */
  artifactsOf(delivered: OfKind<Delivered, Name>): Partial<Record<ResultArtifact, string>>;
  /**
   * For artifacts that are not pictures: returns why the bytes are invalid, as a message for the job service, or undefined. All other
   * artifacts are checked as pictures.
   */
  artifactProblems?: Partial<Record<ResultArtifact, (bytes: Uint8Array) => string | undefined>>;
  /** What the success of a job writes. `keys`: the blobs of `artifactsOf`. */
  success(
    job: Job,
    work: OfKind<StoredWork, Name>,
    delivered: OfKind<Delivered, Name>,
    keys: Record<ResultArtifact, string>,
    now: Date,
  ): Pick<Change, "set" | "style" | "keepBlobs">;
}

/** optimizeStyle → OPTIMIZE_STYLE */
type PublicName<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? "" : "_"}${Uppercase<First>}${PublicName<Rest>}`
  : "";

/** All kinds of jobs. The compiler reports a kind of the protocol that is missing here. */
export type JobKinds = { readonly [Name in JobKindName]: JobKind<Name> };

export const kindOf = <Name extends JobKindName>(kinds: JobKinds, { kind }: { kind: Name }): JobKind<Name> =>
  kinds[kind];
