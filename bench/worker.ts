import { DurableObject } from "cloudflare:workers";
import jpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import jpegEncoder from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";
import png from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm?module";
import webp from "@jsquash/webp/codec/dec/webp_dec.wasm";
import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import * as ort from "onnxruntime-web/wasm";
import icc from "pdfjs-dist/wasm/qcms_bg.wasm";
import { startCodecs } from "../imaging/codecs/codecs.ts";
import { pictureOf, rasterOf } from "../imaging/picture.ts";
import detector from "../models/build/detector.onnx";
import embedder from "../models/build/embedder.onnx";
import landmarks from "../models/build/landmarks.onnx";
import { defaultEmbedder } from "../models/catalog.ts";
import { findCollection } from "../workers/gallery/collections.ts";
import type { PendingErasure } from "../workers/gallery/erasure.ts";
import kernel from "../workers/gallery/kernel/kernel.wasm";
import { addTemplateStatements } from "../workers/gallery/templates.ts";
import product from "../workers/index.ts";
import { quantize } from "../workers/matching/template.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { openDatabase } from "../workers/platform/database.ts";
import { newId } from "../workers/platform/ids.ts";
import { imagesShrink } from "../workers/platform/images.ts";
import { startJpegEncoder } from "../workers/vision/encode.ts";
import { startRuntime } from "../workers/vision/runtime.ts";
import type { Stages } from "../workers/vision/stages.ts";
import { createVision } from "../workers/vision/vision.ts";
import { bareScan, DIMENSION } from "./bare-scan.ts";
import { randomDirection } from "./random.ts";
import { wasmBytes } from "./wasm-memory.ts";

export { GalleryShard, JobChannel, JobWorkflow } from "../workers/index.ts";

/** A Durable Object that does nothing but answer, or scan and answer: the floor of a shard's call. */
export class EmptyObject extends DurableObject {
  #scan: (() => number) | undefined;

  answer(probes: readonly { vector: Int8Array }[]): number {
    return probes.length;
  }

  scan(_probes: readonly { vector: Int8Array }[], templates: number): number {
    this.#scan ??= bareScan(kernel, templates);
    return this.#scan();
  }
}

interface BenchEnv extends Env {
  BARE: DurableObjectNamespace<EmptyObject>;
}

/** The nets of one verification, in order. They run in the product's runtime, which the product starts. */
const NETS = [
  { model: detector, shape: [1, 3, 240, 320], runs: 1 },
  { model: landmarks, shape: [1, 3, 48, 48], runs: 2 },
  { model: embedder, shape: [1, 3, 112, 112], runs: 1 },
] as const;

/** A session with the default options of onnxruntime-web. */
const open = (model: ArrayBuffer) =>
  ort.InferenceSession.create(new Uint8Array(model), { executionProviders: ["wasm"] });

let sessions: Promise<ort.InferenceSession[]> | undefined;

/** Milliseconds of the `session.run` calls of one verification alone. */
async function bareInference(): Promise<number> {
  sessions ??= Promise.all(NETS.map(({ model }) => open(model)));
  const ready = await sessions;
  const inputs = NETS.map(({ shape }) => {
    const size = shape.reduce<number>((a, b) => a * b, 1);
    return new ort.Tensor(
      "float32",
      Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
      shape,
    );
  });
  const start = performance.now();
  for (const [i, { runs }] of NETS.entries()) {
    const session = ready[i]!;
    for (let run = 0; run < runs; run++) await session.run({ [session.inputNames[0]!]: inputs[i]! });
  }
  return performance.now() - start;
}

/** Milliseconds to create the sessions of one verification in this isolate. */
async function bareSessions(): Promise<number> {
  startRuntime(runtime);
  const start = performance.now();
  for (const { model } of NETS) await open(model);
  return performance.now() - start;
}

let styleNet: Promise<ort.InferenceSession> | undefined;

/** Milliseconds of decoding a picture, one `session.run` of a style net at its size, and encoding the result, and nothing else. */
async function bareStyle(env: BenchEnv, style: string, bytes: Uint8Array): Promise<number> {
  startRuntime(runtime);
  styleNet ??= env.ASSETS.fetch(`https://assets.invalid/styles/${style}/net.onnx`)
    .then((answer) => answer.arrayBuffer())
    .then(open);
  const net = await styleNet;
  let millis = 0;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    millis += performance.now() - start;
    return result;
  };
  const { width, height, data } = pictureOf(await timed(() => startCodecs({ jpeg, png, webp, icc }).jpeg(bytes)));
  const input = new ort.Tensor("float32", data, [1, 3, height, width]);
  const painted = await timed(() => net.run({ [net.inputNames[0]!]: input }));
  const raster = rasterOf({ width, height, data: Object.values(painted)[0]!.data as Float32Array });
  await timed(() => startJpegEncoder(jpegEncoder)(raster));
  return millis;
}

/** How long a call is repeated to be timed: the clock here counts in whole milliseconds, of which a call takes a small part. */
const REPEATED_MS = 50;

/** Milliseconds of one call, of as many as fit one after the other. */
async function millisPerCall(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let calls = 1; ; calls++) {
    await call();
    const millis = performance.now() - start;
    if (millis >= REPEATED_MS) return millis / calls;
  }
}

/** Calls an object that only answers, or that also scans `templates` rows. The probe has the size of that of a search. */
function bareCall(env: BenchEnv, templates: number): Promise<number> {
  const object = env.BARE.get(env.BARE.idFromName(String(templates)));
  const probe = { vector: new Int8Array(DIMENSION) };
  return millisPerCall(async () => (templates > 0 ? object.scan([probe], templates) : object.answer([probe])));
}

/** Searches a collection's shard that has applied all log entries. */
async function shardCall(env: BenchEnv, tenantId: string, collectionId: string): Promise<number> {
  const collection = await findCollection({ db: openDatabase(env.DB), actor: { tenantId, keyId: null } }, collectionId);
  if (!collection) throw new Error("There is no such collection.");
  const shard = env.GALLERY_SHARD.get(env.GALLERY_SHARD.idFromName(`${tenantId}/${collectionId}`));
  const { modelId, head, mark, templateCount } = collection;
  const probe = quantize(randomDirection(DIMENSION), modelId);
  const at = { tenantId, collectionId, modelId };
  return millisPerCall(async () => shard.search(at, { head, mark, templateCount }, [probe], 5));
}

/** Templates that one batch adds. */
const TEMPLATES_PER_BATCH = 40;

/** Fills a collection with random unit vectors, with the product's own SQL statements. */
async function seed(env: BenchEnv, tenantId: string, collectionId: string, count: number): Promise<void> {
  const db = openDatabase(env.DB);
  const parts = { db, actor: { tenantId, keyId: null }, clock: systemClock };
  const { id: modelId } = defaultEmbedder();
  for (let done = 0; done < count; done += TEMPLATES_PER_BATCH) {
    const [first, ...rest] = Array.from({ length: Math.min(TEMPLATES_PER_BATCH, count - done) }, () => {
      const ids = { subjectId: newId("subject"), templateId: newId("template"), created: true };
      return addTemplateStatements(
        parts,
        { id: collectionId },
        {},
        quantize(randomDirection(DIMENSION), modelId),
        0.5,
        ids,
      );
    }).flat();
    if (first) await db.batch([first, ...rest]);
  }
}

/** Detects faces with the product's own vision. After each stage it waits until the benchmark has read the isolate's memory. */
async function detectAndReport(env: BenchEnv, bytes: Uint8Array, report: number): Promise<Response> {
  const vision = createVision({
    runtime: startRuntime(runtime),
    codecs: startCodecs({ jpeg, png, webp, icc }),
    models: { "ultralight-rfb-320": detector, "mtcnn-onet": landmarks, "faceplugin-512": embedder },
    shrink: imagesShrink(env.IMAGES),
  });
  const stages: Stages = {
    time: async (stage, work) => {
      const result = await work();
      await (await fetch(`http://127.0.0.1:${report}/?stage=${stage}`)).text();
      return result;
    },
  };
  return Response.json(await vision.detect(bytes, { maxFaces: 100, stages }));
}

export default {
  ...product,
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    const number = (name: string) => Number(url.searchParams.get(name));
    const text = (name: string) => url.searchParams.get(name) ?? "";
    switch (url.pathname) {
      case "/bench/inference":
        return Response.json({ millis: await bareInference() });
      case "/bench/style":
        return Response.json({
          millis: await bareStyle(env, text("style"), new Uint8Array(await request.arrayBuffer())),
        });
      case "/bench/sessions":
        return Response.json({ millis: await bareSessions() });
      case "/bench/d1":
        return Response.json(await env.DB.prepare("select id from tenants where id = ?").bind(text("tenant")).first());
      case "/bench/object":
        return Response.json({ millis: await bareCall(env, number("templates")) });
      case "/bench/shard":
        return Response.json({ millis: await shardCall(env, text("tenant"), text("collection")) });
      case "/bench/memory":
        return Response.json({ wasm: wasmBytes() });
      case "/bench/look":
        return detectAndReport(env, new Uint8Array(await request.arrayBuffer()), number("report"));
      case "/bench/seed":
        await seed(env, text("tenant"), text("collection"), number("count"));
        return Response.json({ seeded: number("count") });
      default:
        return product.fetch!(request as Request<unknown, IncomingRequestCfProperties>, env, ctx);
    }
  },
} satisfies ExportedHandler<BenchEnv, PendingErasure>;
