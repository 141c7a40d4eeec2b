import type { StoredWork } from "../../schema/protocol/dispatch.ts";
import type { JobKind } from "../jobs/kinds.ts";
import { type JobRequest, type StartJobOutcome, startJob } from "../jobs/start-job.ts";
import { type NotFound, notFound } from "../platform/outcomes.ts";
import type { BadImage, Picture } from "../platform/picture.ts";
import { inspectPicture, type PictureJobDeps } from "./inspect-picture.ts";

type OptimizationSettings = Extract<StoredWork, { kind: "optimizeStyle" }>["settings"];

export interface OptimizeStyleRequest extends JobRequest {
  content: Picture;
  /** One to four. */
  paintings: readonly { source: Picture | { styleId: string }; weight: number }[];
  settings: OptimizationSettings;
}

/** A painting: a stored blob, or bytes that are not stored yet. */
type Painting = { key: string; sha256: string } | { bytes: Uint8Array };

export interface OptimizeStyleDeps extends PictureJobDeps {
  /** The painting of a style. Undefined if the tenant has no such style. */
  paintingOf: (styleId: string) => Promise<Painting | undefined>;
}

/** The maximum number of faces that are preserved separately. Larger groups are stylized like the rest of the photograph. */
const MAX_FACES = 20;

/** Starts the stylization of a photograph by optimization. Checks all pictures first, so that invalid ones are reported at once. */
export async function optimizeStyle(request: OptimizeStyleRequest, deps: OptimizeStyleDeps): Promise<StartJobOutcome> {
  const { content, paintings, settings } = request;
  const fingerprints = () =>
    Promise.all([
      content.fingerprint(),
      ...paintings.map(async ({ source, weight }) => [
        "styleId" in source ? source.styleId : await source.fingerprint(),
        weight,
      ]),
    ]);
  return startJob("optimizeStyle", request, fingerprints, deps, async (store) => {
    const photograph = await inspectPicture(content, MAX_FACES, deps);
    if (photograph.kind === "badImage") return photograph;
    const checked: { painting: Painting; weight: number }[] = [];
    for (const { source, weight } of paintings) {
      const painting = await paintingFrom(source, deps);
      if ("kind" in painting) return painting;
      checked.push({ painting, weight });
    }
    const stored = [];
    for (const { painting, weight } of checked)
      stored.push({ file: "key" in painting ? painting : await store(painting), weight });
    return {
      kind: "optimizeStyle",
      settings,
      content: await store(photograph),
      faces: photograph.faces.map(({ box }) => box),
      paintings: stored,
    };
  });
}

async function paintingFrom(
  source: Picture | { styleId: string },
  deps: OptimizeStyleDeps,
): Promise<Painting | BadImage | NotFound> {
  if ("styleId" in source) return (await deps.paintingOf(source.styleId)) ?? notFound("style", source.styleId);
  const inspected = await inspectPicture(source, 0, deps);
  return inspected.kind === "badImage" ? inspected : { bytes: inspected.bytes };
}

export const optimizeStyleKind: JobKind<"optimizeStyle"> = {
  publicName: "OPTIMIZE_STYLE",
  async dispatched(work, inputOf) {
    const paintings = work.paintings.map(async ({ file, weight }) => ({ file: await inputOf(file), weight }));
    return { ...work, content: await inputOf(work.content), paintings: await Promise.all(paintings) };
  },
  artifactsOf: ({ result }) => ({ result }),
  success: (_job, _work, _delivered, { result }) => ({ set: { resultKey: result } }),
};
