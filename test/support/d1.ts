import { readdirSync, readFileSync } from "node:fs";
import type { D1Database } from "@cloudflare/workers-types";
import { type LocalDatabase, openLocalDatabase } from "../../cli/local-database.ts";

export type { LocalDatabase };

/** Opens a real, empty D1 in memory and creates all tables. Its data are lost when it is closed. */
export async function openD1(): Promise<LocalDatabase> {
  const database = await openLocalDatabase();
  await createTables(database.d1);
  return database;
}

/** Applies the migrations to an empty D1. */
export async function createTables(d1: D1Database): Promise<void> {
  const folder = new URL("../../migrations/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".sql"))) {
    const statements = readFileSync(new URL(file, folder), "utf8").split("--> statement-breakpoint");
    await d1.batch(statements.map((statement) => d1.prepare(statement)));
  }
}
