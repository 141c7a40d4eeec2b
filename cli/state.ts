import { resolve } from "node:path";

/** The root of the repository, whatever folder a program is started in. */
export const ROOT = resolve(import.meta.dirname, "..");

/** Where everything that runs on this machine keeps its data: SEMBLANCE_STATE, or `.semblance/state`. */
export const stateFolder = (): string => resolve(ROOT, process.env.SEMBLANCE_STATE ?? ".semblance/state");

/** PORT, or 8787. */
export function portNumber(): number {
  const port = Number(process.env.PORT ?? 8787);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Error(`PORT is ${JSON.stringify(process.env.PORT)}: it must be a number from 1 to 65535.`);
}
