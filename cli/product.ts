import { type JobService, startJobService } from "./job-service.ts";
import { type Server, startServer } from "./server.ts";

/** The whole product on this machine: the Worker, and the job service on the next port. */
export async function startProduct({ port, state }: { port: number; state: string }): Promise<Server> {
  const server = await startServer({
    port,
    state,
    vars: { ENVIRONMENT: "development", JOB_SERVICE_URL: `http://127.0.0.1:${port + 1}` },
  });
  let service: JobService;
  try {
    service = await startJobService({ port: port + 1, issuer: server.url });
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
