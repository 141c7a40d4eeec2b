import { calibrationOf } from "../../../models/calibration.ts";
import type { Collection, Subject } from "../../gallery/gallery.ts";
import { idempotencyKey } from "../../platform/idempotency.ts";
import { checked, ExternalId, IdempotencyKey, Name, optional } from "../arguments.ts";
import type { Context } from "../context.ts";
import { connection, countedConnection, pageOf } from "../pages.ts";
import { typeNameOf } from "../results.ts";
import type { Resolvers } from "../types.generated.ts";

/** A client's key for a mutation, with what it stands for. */
const keyFor = async (operation: string, key: string | null | undefined, inputs: unknown[]) => {
  const given = optional(IdempotencyKey, key, "input.idempotencyKey");
  return given === undefined ? undefined : idempotencyKey(given, operation, inputs);
};

/** What to change: undefined stays, null goes. */
const changed = (value: string | null | undefined, schema: typeof Name | typeof ExternalId, argument: string) =>
  value == null ? value : checked(schema, value, argument);

/** Nobody is told how many there are: at most as many as a page holds. */
const connectionOfTemplates = async ({ id }: Subject, args: Parameters<typeof pageOf>[0], { loaders }: Context) => {
  const page = pageOf(args);
  return connection(await loaders.templates(id, page), page);
};

const connectionOfSubjects = async ({ id }: Collection, args: Parameters<typeof pageOf>[0], { gallery }: Context) => {
  const page = pageOf(args);
  return countedConnection(await gallery.subjects(id, page), page, () => gallery.subjectCount(id));
};

export const gallery: Resolvers<Context> = {
  Query: {
    collection: (_, { id }, { gallery }) => gallery.collection(id),
    collections: async (_, args, { gallery }) => {
      const page = pageOf(args);
      return countedConnection(await gallery.collections(page), page, () => gallery.collectionCount());
    },
    subject: (_, { collectionId, externalId }, { gallery }) =>
      gallery.subjectByExternalId(collectionId, checked(ExternalId, externalId, "externalId")),
  },
  Mutation: {
    createCollection: async (_, { input }, { gallery, vision }) => {
      const name = checked(Name, input.name, "input.name");
      const key = await keyFor("createCollection", input.idempotencyKey, [name]);
      return gallery.createCollection(name, vision.defaultEmbedder, key);
    },
    deleteCollection: (_, { id }, { gallery }) => gallery.deleteCollection(id),
    updateSubject: (_, { input: { id, name, externalId } }, { gallery }) =>
      gallery.updateSubject(id, {
        name: changed(name, Name, "input.name"),
        externalId: changed(externalId, ExternalId, "input.externalId"),
      }),
    deleteSubject: (_, { id }, { gallery }) => gallery.deleteSubject(id),
    deleteTemplate: (_, { id }, { gallery }) => gallery.deleteTemplate(id),
    mergeSubjects: async (_, { input: { into, from, idempotencyKey: key } }, { gallery }) =>
      gallery.mergeSubjects(into, from, await keyFor("mergeSubjects", key, [into, from])),
  },
  Collection: {
    subjectCount: ({ id }, _, { gallery }) => gallery.subjectCount(id),
    subjects: connectionOfSubjects,
    calibration: ({ modelId }, _, { vision }) => (vision.embedders.has(modelId) ? calibrationOf(modelId) : null),
  },
  Calibration: {
    source: ({ dataset }) => dataset,
  },
  Subject: {
    collection: ({ collectionId }, _, { loaders }) => loaders.collection(collectionId),
    templates: connectionOfTemplates,
  },
  CreateCollectionResult: { __resolveType: typeNameOf },
  DeleteResult: { __resolveType: typeNameOf },
  MergeSubjectsResult: { __resolveType: typeNameOf },
  UpdateSubjectResult: { __resolveType: typeNameOf },
};
