import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { TemplatedFace } from "../../workers/vision/vision.ts";
import { visionFromFiles } from "../vision-from-files.ts";

/** What one thread is told once: the embedder's catalog id. */
export interface Instructions {
  embedder: string;
}

/** What the pipeline saw in one picture. `refused`: what the API would answer that was asked for the one face. */
export type Sight =
  | { kind: "face"; vector: Int8Array; scale: number; norm: number; refused?: "manyFaces" | "poorQuality" }
  | { kind: "noFace" }
  | { kind: "badImage" };

const face = ({ template, norm }: TemplatedFace, refused?: "manyFaces" | "poorQuality"): Sight => ({
  kind: "face",
  vector: template.vector,
  scale: template.scale,
  norm,
  refused,
});

/** One thread of {@link embedAll}: a path comes in, what is seen there goes out. */
if (parentPort) {
  const port = parentPort;
  const { embedder } = workerData as Instructions;
  const vision = await visionFromFiles({ embedder });
  await vision.ready();

  const look = async (path: string): Promise<Sight> => {
    const bytes = await readFile(path);
    const one = await vision.readOneFace(bytes, { model: embedder });
    switch (one.kind) {
      case "face":
        return face(one);
      case "manyFaces":
      case "poorQuality": {
        // Where the API asks for another picture, the evaluation takes the most prominent face.
        const all = await vision.readFaces(bytes, { model: embedder, maxFaces: 1 });
        if (all.kind !== "faces") throw new TypeError(`A picture with a face is ${all.kind} at the second look.`);
        return face(all.faces[0]!, one.kind);
      }
      case "noFace":
        return { kind: "noFace" };
      case "badImage":
        return { kind: "badImage" };
      default:
        return one satisfies never;
    }
  };

  port.on("message", async (path: string) => port.postMessage(await look(path)));
  port.postMessage("ready");
}
