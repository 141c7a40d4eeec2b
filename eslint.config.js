import graphql from "@graphql-eslint/eslint-plugin";

/** What a request answered: no object of its own, so nothing that a store could keep under an id. */
const OUTCOMES = [
  "ApiKeyCreated",
  "BadImage",
  "CollectionCreated",
  "Conflict",
  "Deleted",
  "Detection",
  "DifferentPerson",
  "Enrolled",
  "Identification",
  "JobCanceled",
  "JobStarted",
  "LooksLikeOthers",
  "ManyFaces",
  "ModelMismatch",
  "NoFace",
  "NoTemplate",
  "NotFound",
  "PoorQuality",
  "Stylized",
  "SubjectUpdated",
  "SubjectsMerged",
  "TooManyJobs",
  "Verification",
];

/** Values: parts of the object or outcome that holds them, equal where their fields are. */
const VALUES = [
  "Box",
  "Calibration",
  "CalibrationPoint",
  "Candidate",
  "Face",
  "IdentifiedFace",
  "LossPoint",
  "Metric",
  "Point",
  "StoredImage",
  "Viewer",
];

/**
 * Checks the contract for clients that keep what they read in a normalized store: the rules for Relay's connections, edges and
 * arguments, and that every object type has exactly one `id`.
 */
export default [
  {
    files: ["schema/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: "schema/*.graphql" } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-relay"].rules,
      // Pages go forwards only, which the connections specification allows: `first` and `after`, without `last` and `before`.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      // Lists that have no pages are plain lists: scopes, points, faces, and the few keys, models and styles of a tenant.
      "@graphql-eslint/relay-edge-types": [
        "error",
        { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
      ],
      "@graphql-eslint/strict-id-in-types": [
        "error",
        { exceptions: { types: [...OUTCOMES, ...VALUES, "PageInfo"], suffixes: ["Connection", "Edge"] } },
      ],
    },
  },
];
