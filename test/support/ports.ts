import { createServer } from "node:net";

/** Each of Vitest's processes has a range of its own, below those that systems give to outgoing connections. */
const RANGE = 1_000;
const first = 20_000 + RANGE * (Number(process.env.VITEST_POOL_ID ?? 0) % 10);
let portsGiven = 0;

/**
 * A port on 127.0.0.1 that nobody listens on, and neither on the next one, which is the job service's. No other test is given them,
 * so that they stay free until a program is started on them.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + ((2 * portsGiven++) % RANGE);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
