/** Files that were read lately, as long as they fit into a budget. */
export interface FileCache {
  /** The file of this name; `read` gets it where it is not here. Files of one name are the same for good. */
  get(name: string, read: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

/** Keeps at most so many bytes; what was used longest ago goes first. A failure is not kept. */
export function createFileCache(budget: number): FileCache {
  const kept = new Map<string, Uint8Array>();
  let held = 0;

  function keep(name: string, file: Uint8Array): void {
    held += file.length - (kept.get(name)?.length ?? 0);
    kept.delete(name);
    kept.set(name, file);
    for (const [oldest, { length }] of kept) {
      if (held <= budget) break;
      kept.delete(oldest);
      held -= length;
    }
  }

  return {
    async get(name, read) {
      const file = kept.get(name) ?? (await read());
      keep(name, file);
      return file;
    },
  };
}
