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
import { priceOf } from "./price.ts";

/** Operations that are tried: `PRICE_RUNS=2000 npx vitest run --project modules workers/graphql/price.test.ts` tries more. */
const RUNS = Number(process.env.PRICE_RUNS ?? 250);

/** What each piece of work weighs; `schema/base.graphql` says the same. */
const WEIGHTS = { reads: 5, looks: 395, faces: 7, searches: 5 };
const work = { reads: 0, looks: 0, faces: 0, searches: 0 };

/** What D1 has not answered yet. */
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

/** Sees as many faces in any picture as it is asked for: the most work that it may be. */
async function crowd(): Promise<Vision> {
  const point = { x: 1, y: 1 };
  const face = {
    box: { x: 0, y: 0, width: 9, height: 9 },
    landmarks: [point, point, point, point, point] as const,
    confidence: 1,
    quality: 1,
  };
  const seen = (faces: number) => {
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
      faces: seen(maxFaces).map((one) => one.face),
    }),
    // What it names, where no one stands out.
    readOneFace: async () => ({ kind: "face", ...seen(10)[0]! }),
    readFaces: async (_, { maxFaces }) => ({ kind: "faces", faces: seen(maxFaces) }),
  };
}

const subjects: string[] = Array.from({ length: SUBJECTS }, () => newId("subject"));

/** Finds as many people as it is asked for. */
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

const local = await startLocalServer({ wrapD1: (d1) => observeD1(d1, counted), openVision: crowd, shards });
afterAll(() => local.close());
/** A key is read once in five seconds: here once, while the test is set up. */
const now = Date.now();
const server = local.serverWith({ clock: () => now });

const collections = Array.from({ length: COLLECTIONS }, () => newId("collection"));
/** What a mutation may delete or change: there is enough of the rest to fill each page. */
const spare = Array.from({ length: 50 }, () => newId("subject"));
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
    insert("insert into subjects select ?, value, ?, value, 'n', 0 from json_each(?)", tenant, first, each(spare)),
    // Each collection has someone, each person a template, the first one a hundred.
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
  into: () => from(...spare),
  from: () => from(...spare),
  base64: () => from(picture),
  webhook: () => from(null),
  minimumQuality: () => from(0, 0.5),
  name: () => fc.uuid(),
  idempotencyKey: () => fc.uuid(),
};
const valueFor: ValueFor = (name, parent) =>
  parent === "ImageInput" && name !== "base64" ? from(null) : KNOWN[name]?.();

/** When no more work is done. */
async function quiet(): Promise<void> {
  for (let before = ""; pending > 0 || before !== JSON.stringify(work); ) {
    before = JSON.stringify(work);
    await new Promise((later) => setTimeout(later, 10));
  }
}

/** Deletions and changes are kept to what is spare: the pages must stay full. */
const DESTRUCTIVE = /\b(delete|revoke|updateSubject|cancelJob)/;

test(`none of ${RUNS} random operations does more than it was priced`, { timeout: 1_200_000 }, async () => {
  let executed = 0;
  let refused = 0;
  let fullest = 0;
  await fc.assert(
    fc.asyncProperty(operationsOf(schema, valueFor), async ({ query, variables }) => {
      fc.pre(!DESTRUCTIVE.test(query));
      const document = parse(query);
      fc.pre(validate(schema, document).length === 0);
      const operation = getOperationAST(document)!;
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
      fc.pre(coerced !== undefined);
      const price = priceOf(schema, document, operation, coerced);

      Object.assign(work, { reads: 0, looks: 0, faces: 0, searches: 0 });
      const { code } = await local.ask(query, variables, local.admin, server);
      // A field that fails may end the answer before its neighbours are done.
      await quiet();
      const done =
        WEIGHTS.reads * work.reads +
        WEIGHTS.looks * work.looks +
        WEIGHTS.faces * work.faces +
        WEIGHTS.searches * work.searches;

      if (code === "QUERY_TOO_EXPENSIVE") {
        expect(price).toBeGreaterThan(MAX_COST);
        expect(done).toBe(0);
        refused++;
      } else {
        expect(done, JSON.stringify(work)).toBeLessThanOrEqual(price);
        fullest = Math.max(fullest, done / price);
        executed++;
      }
    }),
    { numRuns: RUNS },
  );
  // The property says something: most are executed, some use nearly all that they were priced.
  expect(executed).toBeGreaterThan(RUNS / 2);
  expect(fullest).toBeGreaterThan(0.9);
  expect(refused).toBeGreaterThan(0);
});
