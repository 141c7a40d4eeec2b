import { type JobService, startJobService } from "./job-service.ts";
import { type Server, type ServerOptions, startServer } from "./server.ts";

interface ProductOptions extends Pick<ServerOptions, "port" | "state" | "signal"> {
  /** Whether image and webhook URLs can be on this machine. Default: false. */
  allowLoopback?: boolean;
  /** Origins whose web pages can call the API. Default: none. */
  origins?: readonly string[];
}

/** Starts the Worker locally, and the job service on the next port. */
export async function startProduct({
  port,
  state,
  signal,
  allowLoopback = false,
  origins = [],
}: ProductOptions): Promise<Server> {
  const vars = {
    ENVIRONMENT: "development",
    ALLOW_LOOPBACK_URLS: String(allowLoopback),
    ALLOWED_ORIGINS: origins.join(" "),
  };
  const server = await startServer({ port, state, vars, jobServicePort: port + 1, signal });
  let service: JobService;
  try {
    service = await startJobService({ port: port + 1, issuer: server.url, state, signal });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    ...server,
    stop: async () => {
      await service.stop();
      await server.stop();
    },
  };
}
