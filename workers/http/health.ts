import { sql } from "drizzle-orm";
import journal from "../../migrations/meta/_journal.json" with { type: "json" };
import type { Database } from "../platform/database.ts";
import type { Vision } from "../vision/vision.ts";

/** The checks of a deployment. */
export interface Readiness {
  models: boolean;
  database: boolean;
  migrations: boolean;
}

/** The migration that this code requires. */
const newest = `${journal.entries.at(-1)?.tag}.sql`;

const passes = (check: Promise<unknown>): Promise<boolean> =>
  check.then(
    (result) => result !== false,
    () => false,
  );

/** Checks that the models load, that D1 responds, and that its migrations are current. */
export async function readiness(db: Database, vision: Vision): Promise<Readiness> {
  const [models, database, migrations] = await Promise.all([
    passes(vision.ready()),
    passes(db.run(sql`select 1`)),
    passes(
      db
        .get<{ name: string }>(sql`select name from d1_migrations order by id desc limit 1`)
        .then((row) => row?.name === newest),
    ),
  ]);
  return { models, database, migrations };
}
