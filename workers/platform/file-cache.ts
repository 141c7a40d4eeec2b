import { LRUCache } from "lru-cache";

/** A cache of recently used files with a size limit. */
export interface FileCache {
  /** Returns the file with this name, and calls `read` if it is not cached. A file with a given name must never change. */
  get(name: string, read: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

/** Keeps at most `maxBytes` bytes and evicts the least recently used file first. Failed reads are not cached. */
export function createFileCache(maxBytes: number): FileCache {
  const files = new LRUCache<string, Uint8Array>({ maxSize: maxBytes, sizeCalculation: ({ length }) => length || 1 });
  return {
    async get(name, read) {
      const cached = files.get(name);
      if (cached) return cached;
      const file = await read();
      files.set(name, file);
      return file;
    },
  };
}
