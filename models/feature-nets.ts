import type { ModelEntry, ModelSource } from "./catalog.ts";

/**
 * The nets whose inner layers the style loss and `look-inside` use. They are separate from `MODELS`, because they are not deployed
 * with the Worker.
 */
export interface FeatureNet extends Pick<ModelEntry, "id" | "file" | "license" | "provenance" | "sha256" | "bytes"> {
  role: "features";
  source: LayersSource;
  /** Float32 [N, 3, height, width] of any size, each channel (x − mean) / scale of a byte x. */
  input: { name: string; channels: "RGB"; mean: number; scale: number };
  /** The layers that are outputs of the graph. Other layers can be requested by name. The last output is the deepest. */
  outputs: readonly string[];
}

/** TensorFlow.js's layers format, each file a JavaScript module: the topology, then the weights in order. */
interface LayersSource extends Pick<ModelSource, "package" | "version" | "integrity" | "tarballSha256"> {
  format: "keras-layers";
  files: readonly { file: string; fileSha256: string }[];
}

const inceptionFile = (name: string, fileSha256: string) => ({
  file: `dist/models/inception_v3/${name}.min.js`,
  fileSha256,
});

export const FEATURE_NETS: readonly FeatureNet[] = [
  {
    id: "inception-v3-mixed4",
    role: "features",
    file: "features.onnx",
    source: {
      package: "nsfwjs",
      version: "4.4.0",
      integrity: "sha512-krC1fgeTLXtZwgdpKJ0jm7hqv0gTSRQQRL+FhOaxaJ9Wj92t42BO3csO2odwgTAgZgf2RvkwPtp0R8Aa7dc+MA==",
      tarballSha256: "585cd178f3b994337c4d10a87b080d342fc52f8b9bf0085c4d1f345a3a1c5382",
      format: "keras-layers",
      files: [
        inceptionFile("model", "8c2b793b9d277840fc757725bf3b135c96d5a54ec020e2b4ab569fc3df6b3848"),
        inceptionFile("group1-shard1of6", "e9316ac20ff634f990e483062050afe9a4826885c3a212d676ce2cfda93a4884"),
        inceptionFile("group1-shard2of6", "467b33d62b4c470edf8acd3da554e331f2d49f3f93ddd718f944f595c516cd82"),
        inceptionFile("group1-shard3of6", "075300e057ca7e9fd2e282afbc3a6596a0404288c94bf781e9b20658cbeee664"),
        inceptionFile("group1-shard4of6", "b51ee46e062e752e81c28761a56369432671bfb3d59f4f062f5bd4dd58ff5303"),
        inceptionFile("group1-shard5of6", "d4149969b3c61e0d4dde1d4f555f5b00f4fc87f6bab1a4cd4967b24f62725de6"),
        inceptionFile("group1-shard6of6", "b684762a7d7c39b80183d260bdab6f072321349300f9f2ff144a085a382acfc4"),
      ],
    },
    license: "MIT",
    provenance:
      "Its graph is that of an Inception-v3 (Szegedy et al. 2016). The package retrained the upper half, on pictures that " +
      "nsfw_data_scraper collects. Only lower layers are built, which its topology marks as not retrained. " +
      "It states neither who trained them nor on what data.",
    sha256: "767ced3735778ecd439412d1d6c8d54faa4924d2880323847ee6b8205003e249",
    bytes: 13_764_991,
    input: { name: "input", channels: "RGB", mean: 0, scale: 255 },
    outputs: ["mixed0", "mixed1", "mixed2", "mixed3", "mixed4"],
  },
];
