import type { StoredWork } from "../../schema/protocol/dispatch.ts";
import type { JobKind } from "../jobs/kinds.ts";
import { type JobRequest, type StartJobOutcome, startJob } from "../jobs/start-job.ts";
import { newId } from "../platform/ids.ts";
import type { BadImage, Picture } from "../platform/picture.ts";
import { inspectPicture, type PictureJobDeps } from "./inspect-picture.ts";
import { netProblem } from "./net-file.ts";

type TrainingSettings = Extract<StoredWork, { kind: "trainStyle" }>["settings"];

export interface TrainStyleRequest extends JobRequest {
  name: string;
  painting: Picture;
  settings: TrainingSettings;
}

/** Starts the training of a style. */
export async function trainStyle(request: TrainStyleRequest, deps: PictureJobDeps): Promise<StartJobOutcome> {
  const { name, painting, settings } = request;
  const fingerprints = async () => [name, await painting.fingerprint()];
  return startJob("trainStyle", request, fingerprints, deps, async (store) => {
    const inspected = await inspectPicture(painting, 0, deps);
    if (inspected.kind === "badImage") return inspected;
    if (Math.min(inspected.width, inspected.height) < MIN_PAINTING_SIDE) return paintingTooSmall();
    return { kind: "trainStyle", name, settings, painting: await store(inspected) };
  });
}

/** In pixels. A smaller painting shows no brush strokes to learn from. */
const MIN_PAINTING_SIDE = 64;
const paintingTooSmall = (): BadImage => ({
  kind: "badImage",
  reason: "TOO_SMALL",
  message: `The painting must have at least ${MIN_PAINTING_SIDE} pixels on each side. Send a larger image.`,
});

export const trainStyleKind: JobKind<"trainStyle"> = {
  publicName: "TRAIN_STYLE",
  dispatched: async (work, inputOf) => ({ ...work, painting: await inputOf(work.painting) }),
  artifactsOf: ({ net, thumbnail }) => ({ net, thumbnail }),
  artifactProblems: { net: netProblem },
  success(job, work, delivered, { net: netKey, thumbnail: thumbnailKey }, now) {
    const paintingKey = work.painting.key;
    const style = {
      tenantId: job.tenantId,
      id: newId("style"),
      name: work.name,
      jobId: job.id,
      netKey,
      paintingKey,
      thumbnailKey,
      netSha256: delivered.net,
      traits: delivered.traits,
      createdAt: now,
    };
    return { set: { styleId: style.id }, style, keepBlobs: [netKey, paintingKey, thumbnailKey] };
  },
};
