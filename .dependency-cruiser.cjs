/**
 * The layers of the Worker (ARCHITECTURE.md). A module imports only from layers below its own, and no other module of its own layer.
 * 1 foundation: matching, platform
 * 2 services: gallery, access, vision, jobs
 * 3 features: enrollment, verification, identification, stylization
 * 4 entry points: http, graphql, webhooks
 * 5 wiring: workers/*.ts
 */
const modules = (names) => `^workers/(${names})/`;
const FOUNDATION = "matching|platform";
const SERVICES = "gallery|access|vision|jobs";
const FEATURES = "enrollment|verification|identification|stylization";
const ENTRY_POINTS = "http|graphql|webhooks";
const notATest = "\\.test\\.ts$";

/** `from` must not import `to`. */
const never = (name, comment, from, to) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: notATest },
  to: { path: to },
});

/** The modules of a layer must not import each other. */
const apart = (name, comment, layer) => ({
  name,
  comment,
  severity: "error",
  from: { path: modules(`(${layer})`), pathNot: notATest },
  to: { path: modules(layer), pathNot: "^workers/$2/" },
});

module.exports = {
  forbidden: [
    never(
      "foundation",
      "The foundation imports no other layer of the Worker.",
      modules(FOUNDATION),
      modules(`${SERVICES}|${FEATURES}|${ENTRY_POINTS}`),
    ),
    never(
      "services",
      "A service imports only the foundation.",
      modules(SERVICES),
      modules(`${FEATURES}|${ENTRY_POINTS}`),
    ),
    never("features", "A feature imports no entry point.", modules(FEATURES), modules(ENTRY_POINTS)),
    apart("foundation-apart", "Matching is pure: it does not import the platform, nor the platform it.", FOUNDATION),
    apart("services-apart", "Gallery, access, vision and jobs do not import each other.", SERVICES),
    apart("features-apart", "Features do not import each other.", FEATURES),
    apart(
      "entry-points-apart",
      "HTTP routes, GraphQL and webhooks do not import each other. The wiring connects them.",
      ENTRY_POINTS,
    ),
    never(
      "wiring-is-not-imported",
      "Only wiring imports wiring: the entry files read `env` and create everything.",
      "^(workers/[^/]+/|imaging/|models/|schema/)",
      "^workers/[^/]+\\.ts$",
    ),
    never(
      "schema-and-imaging-are-pure",
      "schema/ and imaging/ import no other folder.",
      "^(schema|imaging)/",
      "^(workers|models|container|cli|test|bench|attack)/",
    ),
    never(
      "models-are-independent",
      "models/ does not import the Worker.",
      "^models/",
      "^(workers|container|cli|test|bench|attack|imaging)/",
    ),
    {
      name: "container-is-independent",
      comment:
        "The container imports imaging/, models/ and the messages that it shares with the Worker (schema/protocol/).",
      severity: "error",
      from: { path: "^container/", pathNot: notATest },
      to: { path: "^(workers|schema|cli|test|bench|attack)/", pathNot: "^schema/protocol/" },
    },
    never(
      "engine-is-independent",
      "The engine differentiates graphs. It does not know what is optimized.",
      "^container/engine/",
      "^(container/(?!engine/)|imaging/)",
    ),
    never(
      "client-is-independent",
      "The client is a package of its own. It imports no other folder.",
      "^client/",
      "^(workers|schema|imaging|models|container|cli|test|bench|attack)/",
    ),
    never(
      "product-imports-no-tools",
      "The product imports no command-line program, test, benchmark or attack.",
      "^(workers|schema|imaging|models|container)/",
      "^(client|cli|test|bench|attack)/",
    ),
    {
      name: "binaries-only-in-the-wiring",
      comment: "Modules import code. The wiring passes models, codecs and runtimes to them.",
      severity: "error",
      from: { path: "^(workers/[^/]+/|imaging/)", pathNot: notATest },
      to: { path: "\\.(wasm|onnx)$" },
    },
    {
      name: "no-cycles",
      comment: "No cycles, not even of types.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "[.](wasm|onnx|sql|json)$"] },
    exclude: { path: "(^|/)(node_modules|dist|\\.semblance)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.worker.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json", ".wasm", ".onnx", ".sql"] },
  },
};
