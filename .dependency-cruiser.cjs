/**
 * The layers (ARCHITECTURE.md): a module imports only modules of the layers below its own, and none of its own layer.
 * 1 foundation: matching, platform   2 domain: gallery, access, vision
 * 3 features: enrollment, verification, identification, stylization   4 interfaces: graphql, webhooks   5 wiring: workers/*.ts
 */
const modules = (names) => `^workers/(${names})/`;
const FOUNDATION = "matching|platform";
const DOMAIN = "gallery|access|vision";
const FEATURES = "enrollment|verification|identification|stylization";
const INTERFACES = "graphql|webhooks";
const notATest = "\\.test\\.ts$";

/** `from` may not import `to`. */
const never = (name, comment, from, to) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: notATest },
  to: { path: to },
});

module.exports = {
  forbidden: [
    never(
      "foundation",
      "The foundation imports no other module of the Worker.",
      modules(FOUNDATION),
      modules(`${DOMAIN}|${FEATURES}|${INTERFACES}`),
    ),
    never(
      "domain",
      "A domain module imports only the foundation.",
      modules(DOMAIN),
      modules(`${FEATURES}|${INTERFACES}`),
    ),
    never("features", "A feature imports no interface.", modules(FEATURES), modules(INTERFACES)),
    {
      name: "no-module-of-the-same-layer",
      comment: "Modules of one layer do not import each other.",
      severity: "error",
      from: { path: modules(`(${FOUNDATION}|${DOMAIN}|${FEATURES})`), pathNot: notATest },
      to: { path: "^workers/[^/]+/", pathNot: ["^workers/$2/", modules(FOUNDATION), modules(DOMAIN)] },
    },
    {
      name: "domain-modules-independent",
      comment: "Gallery, access and vision do not import each other.",
      severity: "error",
      from: { path: modules(`(${DOMAIN})`), pathNot: notATest },
      to: { path: modules(DOMAIN), pathNot: "^workers/$2/" },
    },
    {
      name: "foundation-independent",
      comment: "Matching is pure: it does not import the platform, and the platform does not import it.",
      severity: "error",
      from: { path: modules(`(${FOUNDATION})`), pathNot: notATest },
      to: { path: modules(FOUNDATION), pathNot: "^workers/$2/" },
    },
    never(
      "nothing-imports-the-wiring",
      "Only wiring imports wiring.",
      "^(workers/[^/]+/|imaging/|models/|schema/)",
      "^workers/[^/]+\\.ts$",
    ),
    never(
      "contract-and-pixels-are-pure",
      "schema/ and imaging/ import no other module of this project.",
      "^(schema|imaging)/",
      "^(workers|models|container|cli|test|bench|attack)/",
    ),
    never(
      "models-independent",
      "models/ imports nothing of the Worker.",
      "^models/",
      "^(workers|container|cli|test|bench|attack|imaging)/",
    ),
    {
      name: "container-independent",
      comment: "The container imports only imaging, models and the messages that it shares with the Worker.",
      severity: "error",
      from: { path: "^container/", pathNot: notATest },
      to: { path: "^(workers|schema|cli|test|bench|attack)/", pathNot: "^schema/protocol/" },
    },
    never(
      "engine-imports-no-style",
      "The engine differentiates graphs. Other modules decide what is optimized.",
      "^container/engine/",
      "^(container/(?!engine/)|imaging/)",
    ),
    never(
      "product-imports-no-tools",
      "The product imports no command-line program, test, bench or attack.",
      "^(workers|schema|imaging|models|container)/",
      "^(cli|test|bench|attack)/",
    ),
    {
      name: "binaries-only-in-the-wiring",
      comment: "Modules import only code. They receive models, codecs and runtimes as arguments.",
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
