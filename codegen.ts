import type { CodegenConfig } from "@graphql-codegen/cli";
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import type { GraphQLSchema } from "graphql";

/**
 * A plugin of graphql-codegen, by this file's name: the contract in one module, so that workerd, Vitest and Node all load it
 * without a loader for `.graphql`.
 */
export const plugin = (schema: GraphQLSchema) =>
  `/** schema/*.graphql, put together. */\nexport const typeDefs = /* GraphQL */ ${JSON.stringify(printSchemaWithDirectives(schema))};\n`;

/**
 * `npm run generate:schema`: generates from schema/*.graphql the schema as a string, the resolver types, and the files that clients use:
 * the whole schema in one file, and the possible types of interfaces and unions for Apollo Client.
 */
export default {
  schema: "schema/*.graphql",
  generates: {
    "schema/published/schema.graphql": { plugins: ["schema-ast"], config: { includeDirectives: true, sort: false } },
    "schema/published/possibleTypes.json": { plugins: ["fragment-matcher"] },
    "client/src/documents.generated.ts": {
      documents: "client/src/operations.graphql",
      plugins: ["typescript-operations", "./client/codegen-documents.ts"],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        skipTypeNameForRoot: true,
        inlineFragmentTypes: "combine",
        strictScalars: true,
        scalars: {
          ID: "string",
          DateTime: "string",
          SafeInt: "number",
          URL: "string",
          Upload: "import('./images.ts').UploadFile",
        },
      },
    },
    "workers/graphql/schema.generated.ts": { plugins: ["./codegen.ts"] },
    "workers/graphql/types.generated.ts": {
      plugins: ["typescript", "typescript-resolvers"],
      config: {
        useTypeImports: true,
        importExtension: "",
        enumsAsTypes: true,
        maybeValue: "T | null | undefined",
        defaultScalarType: "never",
        strictScalars: true,
        scalars: {
          DateTime: "Date",
          SafeInt: "number",
          URL: "URL",
          Upload: "Uint8Array<ArrayBuffer>",
        },
        contextType: "./context.ts#Context",
        // The rows and outcomes that resolvers hand on have the names of the contract's types.
        mapperTypeSuffix: "Row",
        mappers: {
          ApiKey: "../access/keys.ts#ApiKey",
          ApiKeyCreated: "../access/keys.ts#ApiKeyCreated",
          BadImage: "../platform/picture.ts#BadImage",
          Calibration: "../matching/calibration.ts#Calibration",
          Collection: "../gallery/gallery.ts#Collection",
          CollectionConnection: "./pages.ts#CollectionPage",
          CollectionCreated: "./results.ts#CollectionCreated",
          Conflict: "../platform/outcomes.ts#Conflict",
          Deleted: "../platform/outcomes.ts#Deleted",
          Detection: "./results.ts#TimedDetection",
          DifferentPerson: "../enrollment/enroll.ts#DifferentPerson",
          Enrolled: "../enrollment/enroll.ts#Enrolled",
          Face: "../vision/vision.ts#Face",
          Identification: "./results.ts#TimedIdentification",
          IdentifiedFace: "../identification/identify.ts#IdentifiedFace",
          Job: "../jobs/jobs.ts#Job",
          JobCanceled: "../jobs/cancel-job.ts#JobCanceled",
          JobConnection: "./pages.ts#JobPage",
          JobStarted: "../jobs/start-job.ts#JobStarted",
          LooksLikeOthers: "../enrollment/enroll.ts#LooksLikeOthers",
          ManyFaces: "../vision/vision.ts#ManyFaces",
          Model: "../../models/catalog.ts#ModelEntry",
          ModelMismatch: "../platform/outcomes.ts#ModelMismatch",
          NoFace: "../vision/vision.ts#NoFace",
          NoTemplate: "../verification/verify.ts#NoTemplate",
          NotFound: "../platform/outcomes.ts#NotFound",
          PoorQuality: "../vision/vision.ts#PoorQuality",
          StoredImage: "../platform/stored-image.ts#StoredImage",
          Style: "../stylization/styles.ts#Style",
          Stylized: "./results.ts#TimedStylization",
          Subject: "../gallery/gallery.ts#Subject",
          SubjectConnection: "./pages.ts#SubjectPage",
          SubjectUpdated: "./results.ts#SubjectUpdated",
          SubjectsMerged: "./results.ts#SubjectsMerged",
          Template: "../gallery/gallery.ts#TemplateRecord",
          TemplateConnection: "./pages.ts#TemplatePage",
          Tenant: "../access/tenants.ts#Tenant",
          TooManyJobs: "../jobs/start-job.ts#TooManyJobs",
          Verification: "./results.ts#TimedVerification",
        },
      },
    },
  },
} satisfies CodegenConfig;
