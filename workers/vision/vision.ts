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
import { createLandmarker, type Landmarks, type Located } from "./landmarks.ts";
import { createLook, inParts, type Looked, type Work } from "./look.ts";
import { lazily, type Net, type Runtime } from "./runtime.ts";

/** Pixels of the upright picture, as it was sent. Landmarks: left eye, right eye, nose, left and right mouth corner. */
export interface Face {
  box: Box;
  landmarks: Landmarks;
  /** How sure the detector is that this is a face, in [0, 1]. */
  confidence: number;
  /** How well it can be recognised, in [0, 1]: the share of reference faces that are worse. */
  quality: number;
}

/** `norm`: the length of the embedding, which the template forgets and which the face's quality is told from. */
export interface TemplatedFace {
  face: Face;
  template: FaceTemplate;
  norm: number;
}

/** Width and height of the upright picture. */
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
interface Options extends Work {
  model: string;
}

/** Image bytes in, faces and templates out. Keeps nothing of a picture. */
export interface Vision {
  /** At most `maxFaces` faces, the most prominent first; 0: none is looked for. More than eight are looked for more closely. */
  detect(bytes: Uint8Array, o: Work & { maxFaces: number }): Promise<Detection | BadImage>;
  /** The one face that is meant. `minimumQuality` in [0, 1], 0.02 unless said. */
  readOneFace(bytes: Uint8Array, o: Options & { minimumQuality?: number }): Promise<OneFace>;
  /** At most `maxFaces` faces with their templates, the most prominent first. */
  readFaces(bytes: Uint8Array, o: Options & { maxFaces: number }): Promise<SeveralFaces>;
  /** Boxes of the faces of a picture that is decoded already, in its pixels. For whoever has the turn (`Runtime.inTurn`). */
  facesIn(raster: Raster, maxFaces: number): Promise<Box[]>;
  /** Catalog ids of the embedders that are here. */
  embedders: ReadonlySet<string>;
  /** The embedder of new collections, and of pictures that are compared with each other. */
  defaultEmbedder: string;
  /** Loads the nets that every request needs. Without it the first request does. */
  ready(): Promise<void>;
}

export type OneFace = ({ kind: "face" } & TemplatedFace) | NoFace | ManyFaces | PoorQuality | BadImage;
type SeveralFaces = { kind: "faces"; faces: TemplatedFace[] } | NoFace | BadImage;

/**
 * Refuses the worst hundredth of LFW's faces: strong blur, darkness, a face mostly turned away or covered. The weakest of the
 * demo's portraits has 0.08, a sharp face of 17 pixels 0.03.
 */
const DEFAULT_MINIMUM_QUALITY = 0.01;

/** A ManyFaces answer names at most this many. */
const MOST_NAMED = 10;
/** The embedder's batch. */
const EMBEDDED_A_STEP = 2;

export interface VisionParts {
  runtime: Runtime;
  /** The models' bytes by catalog id: a detector, a landmark net, and at least the default embedder. */
  models: Readonly<Record<string, Uint8Array | ArrayBuffer>>;
  codecs: Codecs;
  shrink?: Shrink;
  limits?: Partial<Limits>;
  /** Catalog id of the embedder that tells the quality of faces that are only detected. */
  defaultEmbedder?: string;
}

export function createVision(parts: VisionParts): Vision {
  const { runtime, codecs, shrink } = parts;
  const limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const usual = parts.defaultEmbedder ?? defaultEmbedder().id;

  function net<T>(entry: ModelEntry, create: (net: Net, contract: PixelContract) => T): () => Promise<T> {
    return lazily(async () => {
      const bytes = parts.models[entry.id];
      if (!bytes) throw new TypeError(`The model ${entry.id} was not handed in.`);
      return create(await runtime.load(bytes), entry.input);
    });
  }
  const detector = net(DETECTOR, createDetector);
  const landmarker = net(LANDMARKS, createLandmarker);
  const embedders = new Map(
    EMBEDDERS.filter(({ id }) => parts.models[id]).map((entry) => [entry.id, net(entry, createEmbedder)]),
  );

  const nets = async () => ({ detect: await detector(), locate: await landmarker() });
  const look = createLook({ runtime, codecs, limits, shrink, nets });

  async function templates({ upright, step }: Looked, faces: Located[], model: string): Promise<TemplatedFace[]> {
    const load = embedders.get(model);
    if (!load) throw new RangeError(`The embedder ${model} is not here.`);
    const read: TemplatedFace[] = [];
    for (const some of inParts(faces, EMBEDDED_A_STEP)) {
      const landmarks = some.map((face) => face.landmarks);
      const embeddings = await step("embed", async () => (await load())(upright.raster, landmarks));
      read.push(...some.map((face, i) => templated(face, embeddings[i]!, model, upright)));
    }
    return read;
  }

  return {
    embedders: new Set(embedders.keys()),
    defaultEmbedder: usual,

    ready: () =>
      runtime.inTurn(async () => {
        await detector();
        await landmarker();
        await embedders.get(usual)?.();
      }),

    async facesIn(raster, maxFaces) {
      const faces = await findFaces(raster, maxFaces, await nets());
      return faces.slice(0, maxFaces).map(({ box }) => box);
    },

    detect: (bytes, { maxFaces, ...work }) =>
      look(bytes, { ...work, maxFaces, mostRead: maxFaces }, async (looked, faces) => {
        const found = await templates(looked, faces.slice(0, maxFaces), usual);
        return {
          kind: "detection",
          width: looked.upright.width,
          height: looked.upright.height,
          faces: found.map(({ face }) => face),
        };
      }),

    readOneFace: (bytes, { model, minimumQuality = DEFAULT_MINIMUM_QUALITY, ...work }) =>
      look(bytes, { ...work, maxFaces: 1, mostRead: MOST_NAMED }, async (looked, faces): Promise<OneFace> => {
        if (faces.length === 0) return noFace();
        const alone = dominates(
          faces.map(({ box }) => box),
          looked.upright.raster,
        );
        const named = faces.slice(0, alone ? 1 : MOST_NAMED);
        const read = await templates(looked, named, model);
        if (!alone) return manyFaces(read.map(({ face }) => face));
        const [only] = read as [TemplatedFace];
        const { quality } = only.face;
        return quality < minimumQuality ? poorQuality(quality, minimumQuality) : { kind: "face", ...only };
      }),

    readFaces: (bytes, { model, maxFaces, ...work }) =>
      look(bytes, { ...work, maxFaces, mostRead: maxFaces }, async (looked, faces): Promise<SeveralFaces> => {
        if (faces.length === 0) return noFace();
        return { kind: "faces", faces: await templates(looked, faces.slice(0, maxFaces), model) };
      }),
  };
}

/** A face in the pixels of the picture as it was sent, and its template. */
function templated(
  located: Located,
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
  message: "No face was found. Use a picture in which the face is upright and at least 40 pixels wide.",
});

const manyFaces = (faces: Face[]): ManyFaces => ({
  kind: "manyFaces",
  message: "Several faces stand out about equally. Use a picture of one person, or cut out the face that is meant.",
  faces,
});

const poorQuality = (quality: number, minimum: number): PoorQuality => ({
  kind: "poorQuality",
  message: "The face is too small, dark or blurred to recognise it surely. Use a sharper, brighter, closer picture.",
  quality,
  minimum,
});
