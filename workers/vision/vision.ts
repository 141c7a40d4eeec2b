import type { Codecs } from "../../imaging/codecs/codecs.ts";
import { DEFAULT_LIMITS, type Limits } from "../../imaging/codecs/header.ts";
import type { PixelContract } from "../../imaging/planes.ts";
import type { Raster } from "../../imaging/raster.ts";
import { DETECTOR, defaultEmbedder, EMBEDDERS, LANDMARKS, type ModelEntry } from "../../models/catalog.ts";
import { qualityOf } from "../matching/quality.ts";
import { type FaceTemplate, quantize } from "../matching/template.ts";
import type { BadImage } from "../platform/picture.ts";
import type { Box } from "./boxes.ts";
import type { Shrink, Upright } from "./decode.ts";
import { createDetector } from "./detector.ts";
import { dominates } from "./dominant.ts";
import { createEmbedder } from "./embedder.ts";
import { findFaces } from "./find-faces.ts";
import { createLandmarker, type Landmarks, type LocatedFace } from "./landmarks.ts";
import { chunksOf, createLook, type DecodedImage, type ImageOptions } from "./look.ts";
import { lazily, type Net, type Runtime } from "./runtime.ts";

/**
 * A face in pixels of the upright picture as it was sent. Landmarks: left eye, right eye, nose, left and right mouth corner.
 */
export interface Face {
  box: Box;
  landmarks: Landmarks;
  /** The detector's confidence that this is a face, in [0, 1]. */
  confidence: number;
  /** The quality for recognition, in [0, 1]: the share of the calibration's faces that are worse. */
  quality: number;
}

/** `norm`: the length of the embedding. The quality is computed from it; the template does not keep it. */
export interface TemplatedFace {
  face: Face;
  template: FaceTemplate;
  norm: number;
}

/** The faces in a picture. `width` and `height` are the size of the upright picture as it was sent. */
export interface Detection {
  kind: "detection";
  width: number;
  height: number;
  faces: Face[];
}

export interface NoFace {
  kind: "noFace";
  message: string;
}

export interface ManyFaces {
  kind: "manyFaces";
  message: string;
  faces: Face[];
}

export interface PoorQuality {
  kind: "poorQuality";
  message: string;
  quality: number;
  minimum: number;
}

/** `model`: the embedder's id in the catalog. */
interface Options extends ImageOptions {
  model: string;
}

/** Finds faces in images and computes their templates. Keeps no data of an image afterwards. */
export interface Vision {
  /**
   * Finds at most `maxFaces` faces, most prominent first. 0: no search. If `maxFaces` is above 8, small faces are searched more thoroughly.
   */
  detect(bytes: Uint8Array, o: ImageOptions & { maxFaces: number }): Promise<Detection | BadImage>;
  /** Reads the dominant face. `minimumQuality` is in [0, 1]. Default: {@link DEFAULT_MINIMUM_QUALITY}. */
  readOneFace(bytes: Uint8Array, o: Options & { minimumQuality?: number }): Promise<OneFace>;
  /** Reads at most `maxFaces` faces with their templates, most prominent first. */
  readFaces(bytes: Uint8Array, o: Options & { maxFaces: number }): Promise<SeveralFaces>;
  /** Finds the boxes of faces in a decoded picture, in its pixels. Must be called in a turn (`Runtime.inTurn`). */
  facesIn(raster: Raster, maxFaces: number): Promise<Box[]>;
  /** Catalog ids of the available embedders. */
  embedders: ReadonlySet<string>;
  /** The embedder of new collections and of comparisons between two pictures. */
  defaultEmbedder: string;
  /** Loads the nets that each request needs. Otherwise the first request loads them. */
  ready(): Promise<void>;
}

export type OneFace = ({ kind: "face" } & TemplatedFace) | NoFace | ManyFaces | PoorQuality | BadImage;
type SeveralFaces = { kind: "faces"; faces: TemplatedFace[] } | NoFace | BadImage;

/**
 * Refuses the worst 1 % of LFW's faces: strongly blurred, dark, mostly turned away or covered. For comparison, the worst of the demo's
 * portraits has 0.08 and a sharp face of 17 pixels has 0.03.
 */
const DEFAULT_MINIMUM_QUALITY = 0.01;

/** The maximum number of faces in a ManyFaces answer. */
const MAX_RETURNED = 10;
/** The number of faces per step of the embedder. */
const EMBEDDED_PER_STEP = 2;

export interface VisionDeps {
  runtime: Runtime;
  /** The models' bytes by catalog id: the detector, the landmark net and at least the default embedder. */
  models: Readonly<Record<string, Uint8Array | ArrayBuffer>>;
  codecs: Codecs;
  shrink?: Shrink;
  limits?: Partial<Limits>;
  /** Catalog id of {@link Vision.defaultEmbedder}. It also rates the quality of faces that are only detected. */
  defaultEmbedder?: string;
}

export function createVision(deps: VisionDeps): Vision {
  const { runtime, codecs, shrink } = deps;
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const defaultModel = deps.defaultEmbedder ?? defaultEmbedder().id;

  function net<T>(entry: ModelEntry, create: (net: Net, contract: PixelContract) => T): () => Promise<T> {
    return lazily(async () => {
      const bytes = deps.models[entry.id];
      if (!bytes) throw new TypeError(`The bytes of the model ${entry.id} are missing.`);
      return create(await runtime.load(bytes), entry.input);
    });
  }
  const detector = net(DETECTOR, createDetector);
  const landmarker = net(LANDMARKS, createLandmarker);
  const embedders = new Map(
    EMBEDDERS.filter(({ id }) => deps.models[id]).map((entry) => [entry.id, net(entry, createEmbedder)]),
  );

  const nets = async () => ({ detect: await detector(), locate: await landmarker() });
  const look = createLook({ runtime, codecs, limits, shrink, nets });

  async function embedFaces(
    { upright, step }: DecodedImage,
    faces: LocatedFace[],
    model: string,
  ): Promise<TemplatedFace[]> {
    const load = embedders.get(model);
    if (!load) throw new RangeError(`This deployment has no embedder ${model}.`);
    const read: TemplatedFace[] = [];
    for (const batch of chunksOf(faces, EMBEDDED_PER_STEP)) {
      const landmarks = batch.map((face) => face.landmarks);
      const embeddings = await step("embed", async () => (await load())(upright.raster, landmarks));
      read.push(...batch.map((face, i) => templatedFace(face, embeddings[i]!, model, upright)));
    }
    return read;
  }

  return {
    embedders: new Set(embedders.keys()),
    defaultEmbedder: defaultModel,

    ready: () =>
      runtime.inTurn(async () => {
        await detector();
        await landmarker();
        await embedders.get(defaultModel)?.();
      }),

    async facesIn(raster, maxFaces) {
      const faces = await findFaces(raster, maxFaces, await nets());
      return faces.slice(0, maxFaces).map(({ box }) => box);
    },

    detect: (bytes, { maxFaces, ...options }) =>
      look(bytes, { ...options, maxFaces, maxEmbedded: maxFaces }, async (image, faces) => {
        const found = await embedFaces(image, faces.slice(0, maxFaces), defaultModel);
        return {
          kind: "detection",
          width: image.upright.width,
          height: image.upright.height,
          faces: found.map(({ face }) => face),
        };
      }),

    readOneFace: (bytes, { model, minimumQuality = DEFAULT_MINIMUM_QUALITY, ...options }) =>
      look(bytes, { ...options, maxFaces: 1, maxEmbedded: MAX_RETURNED }, async (image, faces): Promise<OneFace> => {
        if (faces.length === 0) return noFace();
        const isDominant = dominates(
          faces.map(({ box }) => box),
          image.upright.raster,
        );
        const returned = faces.slice(0, isDominant ? 1 : MAX_RETURNED);
        const read = await embedFaces(image, returned, model);
        if (!isDominant) return manyFaces(read.map(({ face }) => face));
        const [only] = read as [TemplatedFace];
        const { quality } = only.face;
        return quality < minimumQuality ? poorQuality(quality, minimumQuality) : { kind: "face", ...only };
      }),

    readFaces: (bytes, { model, maxFaces, ...options }) =>
      look(bytes, { ...options, maxFaces, maxEmbedded: maxFaces }, async (image, faces): Promise<SeveralFaces> => {
        if (faces.length === 0) return noFace();
        return { kind: "faces", faces: await embedFaces(image, faces.slice(0, maxFaces), model) };
      }),
  };
}

/** Makes a face in pixels of the picture as it was sent, with its template. */
function templatedFace(
  located: LocatedFace,
  embedding: Float32Array,
  model: string,
  { raster, width }: Upright,
): TemplatedFace {
  const scale = width / raster.width;
  const { box, landmarks, confidence } = located;
  const point = ({ x, y }: { x: number; y: number }) => ({ x: x * scale, y: y * scale });
  const [leftEye, rightEye, nose, mouthLeft, mouthRight] = landmarks;
  const norm = Math.hypot(...embedding);
  return {
    face: {
      box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
      landmarks: [point(leftEye), point(rightEye), point(nose), point(mouthLeft), point(mouthRight)],
      confidence,
      quality: qualityOf(norm, model),
    },
    template: quantize(embedding, model),
    norm,
  };
}

const noFace = (): NoFace => ({
  kind: "noFace",
  message: "No face was found in the picture. Use a picture in which the face is upright and at least 40 pixels wide.",
});

const manyFaces = (faces: Face[]): ManyFaces => ({
  kind: "manyFaces",
  message: "The picture has several faces of similar prominence. Use a picture of one person, or crop it to one face.",
  faces,
});

const poorQuality = (quality: number, minimum: number): PoorQuality => ({
  kind: "poorQuality",
  message: `The quality of the face is ${quality.toFixed(3)}; the minimum is ${minimum}. It may be too small, too dark, blurred, covered or turned away. Use a sharper, brighter or closer picture.`,
  quality,
  minimum,
});
