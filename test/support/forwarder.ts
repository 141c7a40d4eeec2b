import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";

/**
 * An address that is known before there is a server behind it: a Worker has to be told its own before it starts. What comes is
 * passed on byte by byte to `port`, and what is answered back; where one end breaks off, so does the other.
 */
export async function startForwarder() {
  const sockets = new Set<Socket>();
  const forwarder = {
    url: "",
    /** Where it leads, on this machine. */
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
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  forwarder.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return forwarder;
}
