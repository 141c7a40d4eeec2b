/** A cache of recently used files with a size limit. */
export interface FileCache {
  /** Returns the file with this name, and calls `read` if it is not cached. A file with a given name must never change. */
  get(name: string, read: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

/** Keeps at most `maxBytes` bytes and evicts the least recently used file first. Failed reads are not cached. */
export function createFileCache(maxBytes: number): FileCache {
  const files = new Map<string, Uint8Array>();
  let totalBytes = 0;

  function keep(name: string, file: Uint8Array): void {
    totalBytes += file.length - (files.get(name)?.length ?? 0);
    files.delete(name);
    files.set(name, file);
    for (const [oldest, { length }] of files) {
      if (totalBytes <= maxBytes) break;
      files.delete(oldest);
      totalBytes -= length;
    }
  }

  return {
    async get(name, read) {
      const file = files.get(name) ?? (await read());
      keep(name, file);
      return file;
    },
  };
}
