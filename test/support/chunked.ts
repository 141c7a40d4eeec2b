import { once } from "node:events";
import { connect } from "node:net";

const MB = 1 << 20;

/**
 * Sends a GraphQL request whose body is `megabytes` of spaces without Content-Length. Like simple clients, it reads the answer only after
 * it has sent the complete body. Resolves with the raw answer. Rejects if the connection breaks before.
 */
export async function sendChunked(url: string, key: string, megabytes: number): Promise<string> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.setEncoding("utf8").pause();
  // If the connection fails while nothing is awaited, the next write rejects.
  socket.on("error", () => undefined);
  const write = (bytes: string | Uint8Array) =>
    new Promise<void>((written, failed) => socket.write(bytes, (error) => (error ? failed(error) : written())));
  try {
    await write(
      `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n` +
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    const chunk = Buffer.alloc(MB, " ");
    for (let i = 0; i < megabytes; i++) {
      await write(`${MB.toString(16)}\r\n`);
      await write(chunk);
      await write("\r\n");
    }
    await write("0\r\n\r\n");
    const signal = AbortSignal.timeout(30_000);
    while (!answer.includes('"errors"')) {
      const [text] = (await once(socket.resume(), "data", { signal })) as [string];
      answer += text;
    }
    return answer;
  } finally {
    socket.destroy();
  }
}
