import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** SQLite's codes for a file that is damaged, or no database at all. https://www.sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * Deletes the databases of search shards that workerd cannot use, and returns their paths. A shard repairs its own tables, but
 * workerd does not start an object where the file, or one of workerd's own tables in it, is damaged. Nothing is lost: a shard
 * without a database is built again from D1.
 */
export function deleteUnreadableShards(state: string): string[] {
  // A Durable Object's file is named by its id; `metadata.sqlite` beside them is workerd's own.
  const files = globSync("v3/do/*-GalleryShard/*.sqlite", { cwd: state }).filter((file) => /[0-9a-f]{64}/.test(file));
  const unreadable = files.map((file) => join(state, file)).filter((file) => !isReadable(file));
  for (const file of unreadable) {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  }
  return unreadable;
}

/** Whether a file's schema and workerd's own tables can be read. Any other failure, a busy file say, is not damage. */
function isReadable(file: string): boolean {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const own = database.prepare("select name from sqlite_master where type = 'table' and name glob '_cf_*'").all();
      for (const { name } of own) database.prepare(`select * from "${name}"`).all();
    } finally {
      database.close();
    }
    return true;
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
    return code !== SQLITE_CORRUPT && code !== SQLITE_NOTADB;
  }
}
