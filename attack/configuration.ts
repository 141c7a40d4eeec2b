import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "../cli/state.ts";
import { runWrangler } from "../cli/wrangler.ts";

/**
 * Bundles the product with the attack endpoints exactly as for a deployment, and writes the product's configuration with that bundle as its
 * entry. `wrangler dev` would add a middleware to the bundle, which reads the body of every request to its end. Returns the
 * path of the configuration.
 */
export async function writeConfiguration(folder: string): Promise<string> {
  // wrangler takes two seconds to load. It is loaded here so that --help does not wait for it.
  const { unstable_readConfig } = await import("wrangler");
  const product = unstable_readConfig({ config: resolve(ROOT, "wrangler.toml") });
  const { compatibility_date, compatibility_flags, keep_names, rules, vars } = product;
  const { d1_databases, durable_objects, migrations, workflows, r2_buckets, queues, images, ratelimits } = product;
  const configuration = {
    name: "semblance-attack",
    main: resolve(ROOT, "attack/worker.ts"),
    ...{ compatibility_date, compatibility_flags, keep_names, rules, vars },
    ...{ durable_objects, migrations, workflows, r2_buckets, queues, images, ratelimits },
    d1_databases: d1_databases.map((database: object) => ({
      ...database,
      migrations_dir: resolve(ROOT, "migrations"),
    })),
    assets: { ...product.assets, directory: resolve(ROOT, "public") },
  };
  const source = join(folder, "source.json");
  writeFileSync(source, JSON.stringify(configuration, null, 1));
  const bundle = join(folder, "bundle");
  await runWrangler(["deploy", "--config", source, "--dry-run", "--outdir", bundle]);
  const path = join(folder, "wrangler.json");
  const bundled = {
    ...configuration,
    main: join(bundle, "worker.js"),
    no_bundle: true,
    find_additional_modules: true,
    base_dir: bundle,
  };
  writeFileSync(path, JSON.stringify(bundled, null, 1));
  return path;
}
