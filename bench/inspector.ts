/** V8's own account of an isolate, over the inspector's WebSocket. */
export interface Heap {
  /** Bytes of live and dead JavaScript objects. */
  used: number;
  /** Bytes of the buffers behind typed arrays, WebAssembly memories among them where V8 counts them. */
  buffers: number;
}

/** Asks the isolate behind an inspector port how large its heap is; `collected`: once what nobody holds is gone. */
export async function heapOf(inspectorPort: number, { collected = false } = {}): Promise<Heap> {
  const targets = (await (await fetch(`http://127.0.0.1:${inspectorPort}/json`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const address = targets[0]?.webSocketDebuggerUrl;
  if (!address) throw new Error(`Nothing to inspect on port ${inspectorPort}`);
  // The inspector answers only whom it takes for a debugger on this machine. Node's WebSocket takes headers; its types,
  // beside those of Workers, do not know it.
  const options = { headers: { origin: `http://127.0.0.1:${inspectorPort}` } };
  const socket: WebSocket = Reflect.construct(WebSocket, [address, options]);
  try {
    await new Promise((open, failed) => {
      socket.addEventListener("open", open);
      socket.addEventListener("error", failed);
    });
    const ask = <T>(id: number, method: string): Promise<T | undefined> =>
      new Promise((done) => {
        socket.addEventListener("message", ({ data }) => {
          const message = JSON.parse(String(data)) as { id?: number; result?: T };
          if (message.id === id) done(message.result);
        });
        socket.send(JSON.stringify({ id, method }));
      });
    if (collected) await ask(0, "HeapProfiler.collectGarbage");
    const answer = await ask<{ usedSize: number; backingStorageSize?: number }>(1, "Runtime.getHeapUsage");
    const { usedSize = 0, backingStorageSize = 0 } = answer ?? {};
    return { used: usedSize, buffers: backingStorageSize };
  } finally {
    socket.close();
  }
}
