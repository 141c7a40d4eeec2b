/** The memory of an isolate as V8 reports it through the inspector. */
export interface Heap {
  /** Bytes of JavaScript objects, including garbage. */
  used: number;
  /** Bytes of the buffers of typed arrays. Includes WebAssembly memories if V8 counts them. */
  buffers: number;
}

/** A connection to an isolate's inspector. */
export interface Inspector {
  /** Reads the heap size, after a garbage collection if `collectGarbage` is true. Rejects if the connection has closed. */
  heap(options?: { collectGarbage?: boolean }): Promise<Heap>;
  close(): void;
}

const OPEN_LIMIT_MS = 10_000;

/** Reads the heap size of the isolate behind an inspector port, after a garbage collection if `collectGarbage` is true. */
export async function heapOf(inspectorPort: number, options: { collectGarbage?: boolean } = {}): Promise<Heap> {
  const inspector = await openInspector(inspectorPort);
  try {
    return await inspector.heap(options);
  } finally {
    inspector.close();
  }
}

export async function openInspector(port: number): Promise<Inspector> {
  const targets = (await (
    await fetch(`http://127.0.0.1:${port}/json`, { signal: AbortSignal.timeout(OPEN_LIMIT_MS) })
  ).json()) as { webSocketDebuggerUrl: string }[];
  const address = targets[0]?.webSocketDebuggerUrl;
  if (!address) throw new Error(`There is no isolate to inspect on port ${port}.`);
  // The inspector accepts only debuggers on this machine, which it recognizes by the origin. Node's WebSocket accepts headers, but the
  // types of Workers hide that.
  const options = { headers: { origin: `http://127.0.0.1:${port}` } };
  const socket: WebSocket = Reflect.construct(WebSocket, [address, options]);
  const pendingCalls = new Map<number, { done: (result: unknown) => void; failed: (error: Error) => void }>();
  const closed = () => new Error("The inspector has closed the connection.");
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id === undefined) return;
    pendingCalls.get(id)?.done(result);
    pendingCalls.delete(id);
  });
  socket.addEventListener("close", () => {
    for (const { failed } of pendingCalls.values()) failed(closed());
    pendingCalls.clear();
  });
  await new Promise((open, failed) => {
    socket.addEventListener("open", open);
    socket.addEventListener("error", () => failed(closed()));
    socket.addEventListener("close", () => failed(closed()));
    setTimeout(() => failed(new Error("The inspector does not answer.")), OPEN_LIMIT_MS).unref();
  });
  let nextId = 0;
  const call = (method: string): Promise<unknown> =>
    new Promise((done, failed) => {
      if (socket.readyState !== WebSocket.OPEN) return failed(closed());
      const id = nextId++;
      pendingCalls.set(id, { done, failed });
      socket.send(JSON.stringify({ id, method }));
    });
  return {
    async heap({ collectGarbage = false } = {}) {
      if (collectGarbage) await call("HeapProfiler.collectGarbage");
      const usage = (await call("Runtime.getHeapUsage")) as
        | { usedSize?: number; backingStorageSize?: number }
        | undefined;
      const { usedSize = 0, backingStorageSize = 0 } = usage ?? {};
      return { used: usedSize, buffers: backingStorageSize };
    },
    close: () => socket.close(),
  };
}
