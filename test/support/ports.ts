import { createServer } from "node:net";

/** Each Vitest process has its own range, below the ports that operating systems use for outgoing connections. */
const RANGE = 1_000;
const first = 20_000 + RANGE * (Number(process.env.VITEST_POOL_ID ?? 0) % 10);
let portsGiven = 0;

/**
 * A free port on 127.0.0.1. The next port, for the job service, is free as well. No other test gets these ports,
 * so they stay free until a program uses them.
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
