import { type JobService, startJobService } from "./job-service.ts";
import { type Server, type ServerOptions, startServer } from "./server.ts";

/** Starts the Worker locally, and the job service on the next port. */
export async function startProduct({
  port,
  state,
  signal,
}: Pick<ServerOptions, "port" | "state" | "signal">): Promise<Server> {
  const server = await startServer({ port, state, jobServicePort: port + 1, signal });
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
