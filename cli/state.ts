import { resolve } from "node:path";
import { UserError } from "./user-error.ts";

/** The root of the repository, independent of the current folder. */
export const ROOT = resolve(import.meta.dirname, "..");

/** The state folder of all local programs: SEMBLANCE_STATE. Default: `.semblance/state`. */
export const stateFolder = (): string => resolve(ROOT, process.env.SEMBLANCE_STATE ?? ".semblance/state");

/** The environment variable PORT. Default: 8787. */
export function portNumber(): number {
  const port = Number(process.env.PORT ?? 8787);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new UserError(`PORT is ${JSON.stringify(process.env.PORT)}. It must be an integer from 1 to 65535.`);
}
