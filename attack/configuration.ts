import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "../cli/state.ts";

/** Writes the product's own configuration, with the instruments' Worker in place of its entry, and gives the file's path. */
export async function writeConfiguration(folder: string): Promise<string> {
  // Two seconds to load: who only asks for --help does not wait for it.
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
  const path = join(folder, "wrangler.json");
  writeFileSync(path, JSON.stringify(configuration, null, 1));
  return path;
}
