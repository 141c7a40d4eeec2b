import { createCanvas } from "@napi-rs/canvas";
import fc, { type Arbitrary } from "fast-check";
import { getOperationAST, getVariableValues, parse, validate } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultEmbedder } from "../../models/catalog.ts";
import { startLocalServer } from "../../test/support/local-server.ts";
import { observeD1 } from "../../test/support/observe-d1.ts";
import { operationsOf, type ValueFor } from "../../test/support/operations.ts";
import type { Shards } from "../gallery/shards.ts";
import { squaredDistanceOf } from "../matching/distance.ts";
import { newId } from "../platform/ids.ts";
import type { Vision } from "../vision/vision.ts";
import { MAX_COST } from "./cost.ts";
import { executableSchema } from "./executable-schema.ts";
import { queryCost } from "./query-cost.ts";

/** The number of random operations. More: `COST_RUNS=2000 npx vitest run --project modules workers/graphql/query-cost.test.ts` */
const RUNS = Number(process.env.COST_RUNS ?? 250);

/** The cost of each kind of work, as documented in `schema/base.graphql`. */
const WEIGHTS = { reads: 5, looks: 395, faces: 7, searches: 5 };
const work = { reads: 0, looks: 0, faces: 0, searches: 0 };

/** The number of unfinished D1 queries. */
let pending = 0;
const counted = (answer: Promise<unknown>) => {
  work.reads++;
  pending++;
  const over = () => pending--;
  answer.then(over, over);
};

const schema = executableSchema();
const model = defaultEmbedder().id;
const vector = new Int8Array(512).fill(1);
const COLLECTIONS = 100;
const SUBJECTS = 150;
const TEMPLATES = 100;

/** A vision that finds the maximum number of faces in every picture, which is the most work. */
async function visionWithMostFaces(): Promise<Vision> {
  const point = { x: 1, y: 1 };
  const face = {
    box: { x: 0, y: 0, width: 9, height: 9 },
    landmarks: [point, point, point, point, point] as const,
    confidence: 1,
    quality: 1,
  };
  const foundFaces = (faces: number) => {
    work.looks++;
    work.faces += faces;
    return Array.from({ length: faces }, () => ({ face, template: { modelId: model, vector, scale: 0.04 }, norm: 1 }));
  };
  return {
    embedders: new Set([model]),
    defaultEmbedder: model,
    ready: async () => {},
    facesIn: async () => [],
    detect: async (_, { maxFaces }) => ({
      kind: "detection",
      width: 9,
      height: 9,
      faces: foundFaces(maxFaces).map(({ face }) => face),
    }),
    // If no face is prominent, it embeds up to ten.
    readOneFace: async () => ({ kind: "face", ...foundFaces(10)[0]! }),
    readFaces: async (_, { maxFaces }) => ({ kind: "faces", faces: foundFaces(maxFaces) }),
  };
}

const subjects: string[] = Array.from({ length: SUBJECTS }, () => newId("subject"));

/** Finds the requested number of candidates. */
const shards: Shards = () => ({
  search: async (_, __, probes, k) => {
    work.searches++;
    const near = subjects
      .slice(0, k)
      .map((subjectId) => ({ templateId: "", subjectId, distance: squaredDistanceOf(0) }));
    return { size: { subjects: SUBJECTS, templates: SUBJECTS }, nearest: probes.map(() => near) };
  },
  catchUp: async () => {},
  erase: async () => {},
});

const local = await startLocalServer({
  wrapD1: (d1) => observeD1(d1, counted),
  createVision: visionWithMostFaces,
  shards,
});
afterAll(() => local.close());
/** A key is cached for five seconds of this clock, so it is read only once, during setup. */
const now = Date.now();
const server = local.serverWith({ clock: () => now });

const collections = Array.from({ length: COLLECTIONS }, () => newId("collection"));
/** Subjects that mutations can delete or change. The others fill each page. */
const disposable = Array.from({ length: 50 }, () => newId("subject"));
const jobs = Array.from({ length: 150 }, () => newId("job"));
let picture = "";

beforeAll(async () => {
  const canvas = createCanvas(64, 64);
  picture = (await canvas.encode("png")).toString("base64");
  const { data } = await local.ask("{ viewer { tenant { id } } }");
  const tenant: string = data.viewer.tenant.id;
  const insert = (sql: string, ...values: unknown[]) => local.d1.prepare(sql).bind(...values);
  const each = (ids: string[]) => JSON.stringify(ids);
  const first = collections[0]!;
  await local.d1.batch([
    insert(
      "insert into collections select ?, value, 'c', ?, 0, 0, 0 from json_each(?)",
      tenant,
      model,
      each(collections),
    ),
    insert("insert into subjects select ?, value, ?, value, 'n', 0 from json_each(?)", tenant, first, each(subjects)),
    insert("insert into subjects select ?, value, ?, value, 'n', 0 from json_each(?)", tenant, first, each(disposable)),
    // Each collection has a subject, each subject a template, and the first subject 100 templates.
    insert(
      "insert into subjects select tenant_id, 'sub_in_' || id, id, 'x', 'n', 0 from collections where id <> ?",
      first,
    ),
    insert(
      "insert into templates select tenant_id, 'tpl_' || id, collection_id, id, ?, zeroblob(512), 0.04, 1, 0 from subjects",
      model,
    ),
    insert(
      "insert into templates select tenant_id, 'tpl_' || value, collection_id, subjects.id, ?, zeroblob(512), 0.04, 1, 0 from subjects, json_each(?) where subjects.id = ?",
      model,
      each(Array.from({ length: TEMPLATES - 1 }, () => newId("template"))),
      subjects[0],
    ),
    insert(
      `insert into jobs (tenant_id, id, kind, state, work, preview_key, result_key, style_id, created_at, deadline_at)
       select ?, value, 'optimizeStyle', 'SUCCEEDED', '{}', 'a', 'b', 'sty_x', 0, 0 from json_each(?)`,
      tenant,
      each(jobs),
    ),
    insert(
      "insert into api_keys select ?, 'key_' || value, value, 'smb_', 'none', '[\"VERIFY\"]', 0, null from json_each(?)",
      tenant,
      each(Array.from({ length: 90 }, (_, i) => String(i))),
    ),
  ]);
});

const from = (...values: unknown[]): Arbitrary<unknown> => fc.constantFrom(...values);
const COUNTS = from(1, 1, 2, 5, 20, 100);
const KNOWN: Record<string, () => Arbitrary<unknown>> = {
  first: () => COUNTS,
  maxFaces: () => COUNTS,
  maxCandidates: () => COUNTS,
  after: () => from(null),
  collectionId: () => from(...collections.slice(0, 2)),
  subjectId: () => from(...subjects.slice(0, 3)),
  styleId: () => from("starry-night", "none"),
  id: () => from(...collections.slice(0, 2), ...subjects.slice(0, 2), ...jobs.slice(0, 2), "none"),
  into: () => from(...disposable),
  from: () => from(...disposable),
  base64: () => from(picture),
  webhook: () => from(null),
  minimumQuality: () => from(0, 0.5),
  name: () => fc.uuid(),
  idempotencyKey: () => fc.uuid(),
};
const valueFor: ValueFor = (name, parent) =>
  parent === "ImageInput" && name !== "base64" ? from(null) : KNOWN[name]?.();

/** Waits until no more work is done. */
async function untilIdle(): Promise<void> {
  for (let before = ""; pending > 0 || before !== JSON.stringify(work); ) {
    before = JSON.stringify(work);
    await new Promise((later) => setTimeout(later, 10));
  }
}

/** Operations with these fields are skipped: the pages must stay full. */
const DESTRUCTIVE = /\b(delete|revoke|updateSubject|cancelJob)/;

const TOO_EXPENSIVE = {
  query:
    "{ collections(first: 100) { edges { node { subjects(first: 100) { edges { node { templates { edges { node { id } } } } } } } } } }",
  variables: {},
};

test(`none of ${RUNS} random operations does more work than its computed cost`, { timeout: 1_200_000 }, async () => {
  let executed = 0;
  let refused = 0;
  let maxRatio = 0;
  await fc.assert(
    fc.asyncProperty(operationsOf(schema, valueFor), async ({ query, variables }) => {
      fc.pre(!DESTRUCTIVE.test(query));
      const document = parse(query);
      fc.pre(validate(schema, document).length === 0);
      const operation = getOperationAST(document)!;
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
      fc.pre(coerced !== undefined);
      const cost = queryCost(schema, document, operation, coerced);

      Object.assign(work, { reads: 0, looks: 0, faces: 0, searches: 0 });
      const { code } = await local.ask(query, variables, local.admin, server);
      // If a field fails, the response can end before the other fields are done.
      await untilIdle();
      const done =
        WEIGHTS.reads * work.reads +
        WEIGHTS.looks * work.looks +
        WEIGHTS.faces * work.faces +
        WEIGHTS.searches * work.searches;

      if (code === "QUERY_TOO_EXPENSIVE") {
        expect(cost).toBeGreaterThan(MAX_COST);
        expect(done).toBe(0);
        refused++;
      } else {
        expect(done, JSON.stringify(work)).toBeLessThanOrEqual(cost);
        maxRatio = Math.max(maxRatio, done / cost);
        executed++;
      }
    }),
    // A few hundred random operations can all be cheap. This one is not.
    { numRuns: RUNS, examples: [[TOO_EXPENSIVE]] },
  );
  // The test is meaningful: most operations are executed, and some use almost all of their cost.
  expect(executed).toBeGreaterThan(RUNS / 2);
  expect(maxRatio).toBeGreaterThan(0.9);
  expect(refused).toBeGreaterThan(0);
});
