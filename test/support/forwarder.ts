import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";

/**
 * Starts a TCP forwarder. Its address is known before the server starts, which a Worker needs because its own address is part of its
 * settings. `ownPort`: default a free one. It forwards bytes in both directions to `port`. If one connection breaks, it closes the other.
 */
export async function startForwarder(ownPort = 0) {
  const sockets = new Set<Socket>();
  const forwarder = {
    url: "",
    /** The target port on this machine. */
    port: 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((closed) => server.close(() => closed()));
    },
  };
  const server = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    const upstream = connect(forwarder.port, "127.0.0.1");
    pipeline(socket, upstream, socket, () => undefined);
  });
  await new Promise<void>((listening) => server.listen(ownPort, "127.0.0.1", listening));
  forwarder.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return forwarder;
}
