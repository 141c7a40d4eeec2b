/**
 * The floors (ARCHITECTURE.md): what stands on one may import only what stands below it, and no room of its own floor.
 * 1 ground: matching, platform   2 faculties: gallery, access, vision
 * 3 features: enrollment, verification, identification, stylization   4 doors: graphql, webhooks   5 wiring: workers/*.ts
 */
const room = (names) => `^workers/(${names})/`;
const GROUND = "matching|platform";
const FACULTIES = "gallery|access|vision";
const FEATURES = "enrollment|verification|identification|stylization";
const DOORS = "graphql|webhooks";
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
      "ground",
      "The ground stands on nothing of the Worker's.",
      room(GROUND),
      room(`${FACULTIES}|${FEATURES}|${DOORS}`),
    ),
    never("faculties", "A faculty imports only the ground.", room(FACULTIES), room(`${FEATURES}|${DOORS}`)),
    never("features", "A feature imports no door.", room(FEATURES), room(DOORS)),
    {
      name: "no-sibling-on-the-same-floor",
      comment: "Rooms of one floor do not know each other (the ground's do not either).",
      severity: "error",
      from: { path: room(`(${GROUND}|${FACULTIES}|${FEATURES})`), pathNot: notATest },
      to: { path: "^workers/[^/]+/", pathNot: ["^workers/$2/", room(GROUND), room(FACULTIES)] },
    },
    {
      name: "faculties-apart",
      comment: "Gallery, access and vision do not know each other.",
      severity: "error",
      from: { path: room(`(${FACULTIES})`), pathNot: notATest },
      to: { path: room(FACULTIES), pathNot: "^workers/$2/" },
    },
    {
      name: "ground-apart",
      comment: "Matching is pure: it does not know the platform, nor the platform it.",
      severity: "error",
      from: { path: room(`(${GROUND})`), pathNot: notATest },
      to: { path: room(GROUND), pathNot: "^workers/$2/" },
    },
    never(
      "nothing-imports-the-wiring",
      "Only another wiring may import a wiring.",
      "^(workers/[^/]+/|imaging/|models/|schema/)",
      "^workers/[^/]+\\.ts$",
    ),
    never(
      "contract-and-pixels-are-pure",
      "schema/ and imaging/ import nothing of ours.",
      "^(schema|imaging)/",
      "^(workers|models|container|cli|test|bench|attack)/",
    ),
    never(
      "models-stand-alone",
      "models/ knows no Worker.",
      "^models/",
      "^(workers|container|cli|test|bench|attack|imaging)/",
    ),
    {
      name: "container-apart",
      comment: "The container imports pixels, models and the messages it shares with the Worker; nothing else of ours.",
      severity: "error",
      from: { path: "^container/", pathNot: notATest },
      to: { path: "^(workers|schema|cli|test|bench|attack)/", pathNot: "^schema/protocol/" },
    },
    never(
      "engine-knows-no-style",
      "The engine differentiates graphs; what is optimised is another room's business.",
      "^container/engine/",
      "^(container/(?!engine/)|imaging/)",
    ),
    never(
      "product-knows-no-tools",
      "The product imports no command-line program, test, bench or attack.",
      "^(workers|schema|imaging|models|container)/",
      "^(cli|test|bench|attack)/",
    ),
    {
      name: "binaries-only-in-the-wiring",
      comment: "Rooms import code; models, codecs and runtimes are handed to them.",
      severity: "error",
      from: { path: "^(workers/[^/]+/|imaging/)", pathNot: notATest },
      to: { path: "\\.(wasm|onnx)$" },
    },
    {
      name: "no-cycles",
      comment: "Not even of types.",
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
