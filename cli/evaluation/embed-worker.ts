import { parentPort, workerData } from "node:worker_threads";
import type { TemplatedFace } from "../../workers/vision/vision.ts";
import { visionFromFiles } from "../vision-from-files.ts";

/** The options of a thread: the embedder's catalog id. */
export interface ThreadOptions {
  embedder: string;
}

/** The pipeline's result for one picture. `refused`: the problem with which the API would refuse the picture. */
export type PictureOutcome =
  | { kind: "face"; vector: Int8Array; scale: number; norm: number; refused?: "manyFaces" | "poorQuality" }
  | { kind: "noFace" }
  | { kind: "badImage" };

const faceOutcome = ({ template, norm }: TemplatedFace, refused?: "manyFaces" | "poorQuality"): PictureOutcome => ({
  kind: "face",
  vector: template.vector,
  scale: template.scale,
  norm,
  refused,
});

/** One thread of {@link embedAll}. It receives the bytes of pictures and sends the outcomes back. */
if (parentPort) {
  const port = parentPort;
  const { embedder } = workerData as ThreadOptions;
  const vision = await visionFromFiles({ embedder });
  await vision.ready();

  const processPicture = async (bytes: Uint8Array): Promise<PictureOutcome> => {
    const one = await vision.readOneFace(bytes, { model: embedder });
    switch (one.kind) {
      case "face":
        return faceOutcome(one);
      case "manyFaces":
      case "poorQuality": {
        // The API would ask for another picture. The evaluation uses the most prominent face.
        const all = await vision.readFaces(bytes, { model: embedder, maxFaces: 1 });
        if (all.kind !== "faces")
          throw new TypeError(`The second reading of a picture gave ${all.kind} instead of a face.`);
        return faceOutcome(all.faces[0]!, one.kind);
      }
      case "noFace":
        return { kind: "noFace" };
      case "badImage":
        return { kind: "badImage" };
      default:
        return one satisfies never;
    }
  };

  port.on("message", async (bytes: Uint8Array) => port.postMessage(await processPicture(bytes)));
  port.postMessage("ready");
}
