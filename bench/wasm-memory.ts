/**
 * Import this before any code that runs WebAssembly. It records every memory that an instance exports or imports, so that their
 * sum can be read at any time. Memories never shrink. A memory that was garbage-collected no longer counts.
 */
const memories = new Set<WeakRef<WebAssembly.Memory>>();

const recordMemory = (value: unknown) => {
  if (value instanceof WebAssembly.Memory) memories.add(new WeakRef(value));
};

const OriginalInstance = WebAssembly.Instance;
class WatchedInstance extends OriginalInstance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    for (const given of Object.values(imports ?? {})) for (const value of Object.values(given)) recordMemory(value);
    for (const value of Object.values(this.exports)) recordMemory(value);
  }
}
Object.assign(WebAssembly, { Instance: WatchedInstance });

/** Total bytes of all WebAssembly memories that are not garbage-collected. */
export function wasmBytes(): number {
  let bytes = 0;
  const seen = new Set<WebAssembly.Memory>();
  for (const reference of memories) {
    const memory = reference.deref();
    if (memory === undefined) memories.delete(reference);
    else if (!seen.has(memory)) {
      seen.add(memory);
      bytes += memory.buffer.byteLength;
    }
  }
  return bytes;
}
