import { resolve } from "node:path";
import { ROOT } from "../../cli/state.ts";
import { runWrangler } from "../../cli/wrangler.ts";

/**
 * The Workers that tests run: the product as deployed; the product with a shard that crashes on request and an R2 that fails; the
 * product with the alternative embedder. Each is bundled exactly as for a deployment.
 */
const ENTRY_POINTS = {
  product: "workers/index.ts",
  crashing: "test/workers/crashing/index.ts",
  spare: "test/workers/spare/index.ts",
} as const;

export type Bundle = keyof typeof ENTRY_POINTS;

export const bundleFolder = (bundle: Bundle) => resolve(ROOT, "dist", bundle);

/** Bundles all Workers once, before the tests run. */
export async function setup(): Promise<void> {
  await Promise.all(
    (Object.keys(ENTRY_POINTS) as Bundle[]).map((bundle) =>
      runWrangler(["deploy", ENTRY_POINTS[bundle], "--dry-run", "--outdir", bundleFolder(bundle)]),
    ),
  );
}
