import { sql } from "drizzle-orm";
import journal from "../migrations/meta/_journal.json" with { type: "json" };
import type { Database } from "./platform/database.ts";
import type { Vision } from "./vision/vision.ts";

/** What a deployment needs before it can answer. */
export interface Readiness {
  models: boolean;
  database: boolean;
  migrations: boolean;
}

/** The migration that this code was written against. */
const newest = `${journal.entries.at(-1)?.tag}.sql`;

const holds = (check: Promise<unknown>): Promise<boolean> =>
  check.then(
    (result) => result !== false,
    () => false,
  );

/** Models loaded, D1 reachable, its migrations current. */
export async function readiness(db: Database, vision: Vision): Promise<Readiness> {
  const [models, database, migrations] = await Promise.all([
    holds(vision.ready()),
    holds(db.run(sql`select 1`)),
    holds(
      db
        .get<{ name: string }>(sql`select name from d1_migrations order by id desc limit 1`)
        .then((row) => row?.name === newest),
    ),
  ]);
  return { models, database, migrations };
}
