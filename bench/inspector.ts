/** V8's own account of an isolate, over the inspector's WebSocket. */
export interface Heap {
  /** Bytes of live and dead JavaScript objects. */
  used: number;
  /** Bytes of the buffers behind typed arrays, WebAssembly memories among them where V8 counts them. */
  buffers: number;
}

/** A connection to an isolate's inspector. */
export interface Inspector {
  /** How large the heap is; `collected`: after garbage collection. Rejects when the connection has closed. */
  heap(options?: { collected?: boolean }): Promise<Heap>;
  close(): void;
}

const OPEN_LIMIT_MS = 10_000;

/** Asks the isolate behind an inspector port how large its heap is; `collected`: once what nobody holds is gone. */
export async function heapOf(inspectorPort: number, options: { collected?: boolean } = {}): Promise<Heap> {
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
  if (!address) throw new Error(`Nothing to inspect on port ${port}`);
  // The inspector answers only whom it takes for a debugger on this machine. Node's WebSocket takes headers; its types,
  // beside those of Workers, do not know it.
  const options = { headers: { origin: `http://127.0.0.1:${port}` } };
  const socket: WebSocket = Reflect.construct(WebSocket, [address, options]);
  const waiting = new Map<number, { done: (result: unknown) => void; failed: (error: Error) => void }>();
  const closed = () => new Error("The inspector has closed the connection.");
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id === undefined) return;
    waiting.get(id)?.done(result);
    waiting.delete(id);
  });
  socket.addEventListener("close", () => {
    for (const { failed } of waiting.values()) failed(closed());
    waiting.clear();
  });
  await new Promise((open, failed) => {
    socket.addEventListener("open", open);
    socket.addEventListener("error", () => failed(closed()));
    socket.addEventListener("close", () => failed(closed()));
    setTimeout(() => failed(new Error("The inspector does not answer.")), OPEN_LIMIT_MS).unref();
  });
  let asked = 0;
  const ask = (method: string): Promise<unknown> =>
    new Promise((done, failed) => {
      if (socket.readyState !== WebSocket.OPEN) return failed(closed());
      const id = asked++;
      waiting.set(id, { done, failed });
      socket.send(JSON.stringify({ id, method }));
    });
  return {
    async heap({ collected = false } = {}) {
      if (collected) await ask("HeapProfiler.collectGarbage");
      const usage = (await ask("Runtime.getHeapUsage")) as
        | { usedSize?: number; backingStorageSize?: number }
        | undefined;
      const { usedSize = 0, backingStorageSize = 0 } = usage ?? {};
      return { used: usedSize, buffers: backingStorageSize };
    },
    close: () => socket.close(),
  };
}
