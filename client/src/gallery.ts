import type { CallOptions, SemblanceClient } from "./client.ts";
import {
  CollectionDocument,
  type CollectionFragment,
  CollectionsDocument,
  CreateCollectionDocument,
  type CreateCollectionInput,
  type CreateCollectionMutation,
  DeleteCollectionDocument,
  type DeleteCollectionMutation,
  DeleteSubjectDocument,
  DeleteTemplateDocument,
  MergeSubjectsDocument,
  type MergeSubjectsInput,
  type MergeSubjectsMutation,
  SubjectByExternalIdDocument,
  SubjectDocument,
  type SubjectFragment,
  SubjectsDocument,
  type TemplateFragment,
  TemplatesDocument,
  UpdateSubjectDocument,
  type UpdateSubjectInput,
  type UpdateSubjectMutation,
} from "./documents.generated.ts";
import { newIdempotencyKey } from "./idempotency.ts";
import { allPages } from "./pages.ts";
import { call } from "./send.ts";

export type Collection = CollectionFragment;
export type Subject = SubjectFragment;
export type Template = TemplateFragment;
export type CreateCollectionOutcome = CreateCollectionMutation["createCollection"];
export type UpdateSubjectOutcome = UpdateSubjectMutation["updateSubject"];
export type MergeSubjectsOutcome = MergeSubjectsMutation["mergeSubjects"];
/** `NotFound` can also mean that an earlier attempt, whose response was lost, deleted the object. */
export type DeleteOutcome = DeleteCollectionMutation["deleteCollection"];

/** Creates a collection. A repeated attempt creates no second one. */
export async function createCollection(
  client: SemblanceClient,
  request: CreateCollectionInput,
  options?: CallOptions,
): Promise<CreateCollectionOutcome> {
  const input = { idempotencyKey: newIdempotencyKey(), ...request };
  return (await call(client, CreateCollectionDocument, { input }, options)).createCollection;
}

/** Returns a collection, or null if it does not exist. */
export const findCollection = async (
  client: SemblanceClient,
  id: string,
  options?: CallOptions,
): Promise<Collection | null> => (await call(client, CollectionDocument, { id }, options)).collection ?? null;

/** Yields all collections, oldest first. */
export const collections = (client: SemblanceClient, options?: CallOptions): AsyncGenerator<Collection> =>
  allPages(async (position) => (await call(client, CollectionsDocument, position, options)).collections);

/** Deletes a collection with its subjects and templates. */
export const deleteCollection = async (
  client: SemblanceClient,
  id: string,
  options?: CallOptions,
): Promise<DeleteOutcome> => (await call(client, DeleteCollectionDocument, { id }, options)).deleteCollection;

/** A subject by its ID, or by its externalId in a collection. */
export type SubjectKey = { id: string } | { collectionId: string; externalId: string };

/** Returns a subject, or null if it does not exist. */
export async function findSubject(
  client: SemblanceClient,
  key: SubjectKey,
  options?: CallOptions,
): Promise<Subject | null> {
  if ("externalId" in key) return (await call(client, SubjectByExternalIdDocument, key, options)).subject ?? null;
  const { node } = await call(client, SubjectDocument, key, options);
  if (node?.__typename !== "Subject") return null;
  const { __typename, ...subject } = node;
  return subject;
}

/** Yields all subjects of a collection, oldest first. */
export const subjects = (
  client: SemblanceClient,
  collectionId: string,
  options?: CallOptions,
): AsyncGenerator<Subject> =>
  allPages(async (position) => {
    const { collection } = await call(client, SubjectsDocument, { collectionId, ...position }, options);
    return collection?.subjects;
  });

/** Yields all templates of a subject, oldest first. */
export const templates = (
  client: SemblanceClient,
  subjectId: string,
  options?: CallOptions,
): AsyncGenerator<Template> =>
  allPages(async (position) => {
    const { node } = await call(client, TemplatesDocument, { subjectId, ...position }, options);
    return node?.__typename === "Subject" ? node.templates : null;
  });

/** Changes the given fields of a subject. */
export const updateSubject = async (
  client: SemblanceClient,
  input: UpdateSubjectInput,
  options?: CallOptions,
): Promise<UpdateSubjectOutcome> => (await call(client, UpdateSubjectDocument, { input }, options)).updateSubject;

/** Moves all templates of one subject to another, and deletes the first. */
export async function mergeSubjects(
  client: SemblanceClient,
  request: MergeSubjectsInput,
  options?: CallOptions,
): Promise<MergeSubjectsOutcome> {
  const input = { idempotencyKey: newIdempotencyKey(), ...request };
  return (await call(client, MergeSubjectsDocument, { input }, options)).mergeSubjects;
}

/** Deletes a subject with its templates. */
export const deleteSubject = async (
  client: SemblanceClient,
  id: string,
  options?: CallOptions,
): Promise<DeleteOutcome> => (await call(client, DeleteSubjectDocument, { id }, options)).deleteSubject;

/** Deletes a template. */
export const deleteTemplate = async (
  client: SemblanceClient,
  id: string,
  options?: CallOptions,
): Promise<DeleteOutcome> => (await call(client, DeleteTemplateDocument, { id }, options)).deleteTemplate;
