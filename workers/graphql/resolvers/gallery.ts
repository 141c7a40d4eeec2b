import { calibrationOf } from "../../../models/calibration.ts";
import type { Collection, Subject } from "../../gallery/gallery.ts";
import { idempotencyKey } from "../../platform/idempotency.ts";
import { checkArgument, checkOptional, ExternalId, IdempotencyKey, Name } from "../arguments.ts";
import type { Context } from "../context.ts";
import { connection, countedConnection, pageOf } from "../pages.ts";
import { typeNameOf } from "../results.ts";
import type { Resolvers } from "../types.generated.ts";

/** The idempotency key of a mutation with its fingerprint; undefined if the client sent none. */
const keyFor = async (operation: string, key: string | null | undefined, inputs: unknown[]) => {
  const given = checkOptional(IdempotencyKey, key, "input.idempotencyKey");
  return given === undefined ? undefined : idempotencyKey(given, operation, inputs);
};

/** The new value of a field: undefined keeps the old value, null deletes it. */
const changedValue = (value: string | null | undefined, schema: typeof Name | typeof ExternalId, argument: string) =>
  value == null ? value : checkArgument(schema, value, argument);

/** Without `totalCount`: a subject has at most 100 templates, which fit on one page. */
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
      gallery.subjectByExternalId(collectionId, checkArgument(ExternalId, externalId, "externalId")),
  },
  Mutation: {
    createCollection: async (_, { input }, { gallery, vision }) => {
      const name = checkArgument(Name, input.name, "input.name");
      const key = await keyFor("createCollection", input.idempotencyKey, [name]);
      return gallery.createCollection(name, vision.defaultEmbedder, key);
    },
    deleteCollection: (_, { id }, { gallery }) => gallery.deleteCollection(id),
    updateSubject: (_, { input: { id, name, externalId } }, { gallery }) =>
      gallery.updateSubject(id, {
        name: changedValue(name, Name, "input.name"),
        externalId: changedValue(externalId, ExternalId, "input.externalId"),
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
