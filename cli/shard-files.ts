import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** SQLite's error codes for a corrupt file, and for a file that is not a database. https://www.sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * Deletes the databases of search shards that workerd cannot use, and returns their paths. A shard repairs its own tables, but
 * workerd does not start an object if the file, or one of workerd's own tables in it, is corrupt. No data is lost: a shard
 * without a database is rebuilt from D1.
 */
export function deleteUnreadableShards(state: string): string[] {
  // The file of a Durable Object is named by its id. `metadata.sqlite` in the same folder belongs to workerd.
  const files = globSync("v3/do/*-GalleryShard/*.sqlite", { cwd: state }).filter((file) => /[0-9a-f]{64}/.test(file));
  const unreadable = files.map((file) => join(state, file)).filter((file) => !isReadable(file));
  for (const file of unreadable) {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  }
  return unreadable;
}

/** Whether a file's schema and workerd's own tables are readable. Other failures, for example a busy file, do not count. */
function isReadable(file: string): boolean {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const workerdTables = database
        .prepare("select name from sqlite_master where type = 'table' and name glob '_cf_*'")
        .all();
      for (const { name } of workerdTables) database.prepare(`select * from "${name}"`).all();
    } finally {
      database.close();
    }
    return true;
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
    return code !== SQLITE_CORRUPT && code !== SQLITE_NOTADB;
  }
}
