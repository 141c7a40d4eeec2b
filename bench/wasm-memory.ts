/**
 * Imported before anything that runs WebAssembly: keeps every memory that an instance exports or is given, so that their
 * sum can be read at any time. Memories never shrink; one that was collected counts no more.
 */
const memories = new Set<WeakRef<WebAssembly.Memory>>();

const keep = (value: unknown) => {
  if (value instanceof WebAssembly.Memory) memories.add(new WeakRef(value));
};

const BareInstance = WebAssembly.Instance;
class WatchedInstance extends BareInstance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    for (const given of Object.values(imports ?? {})) for (const value of Object.values(given)) keep(value);
    for (const value of Object.values(this.exports)) keep(value);
  }
}
Object.assign(WebAssembly, { Instance: WatchedInstance });

/** Bytes in all WebAssembly memories that are still alive. */
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
