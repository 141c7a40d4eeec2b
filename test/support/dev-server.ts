import { interruptSignal, whenAborted } from "../../cli/exit.ts";
import { startJobService } from "../../cli/job-service.ts";
import { startServer } from "../../cli/server.ts";

/**
 * Starts the same processes as `npm run dev`, with a short lease: `node test/support/dev-server.ts PORT STATE LEASE_SECONDS`. The
 * job service uses the next port.
 */
const [, , port = "", state = "", lease = ""] = process.argv;
const jobServicePort = Number(port) + 1;
const signal = interruptSignal();
const server = await startServer({
  port: Number(port),
  state,
  jobServicePort,
  signal,
  vars: {
    ENVIRONMENT: "development",
    JOB_LEASE_SECONDS: lease,
    JOB_RETRY_SECONDS: "1",
    WEBHOOK_RETRY_SECONDS: "2 2 2 2 2 2 2 2",
    ALLOW_LOOPBACK_URLS: "true",
  },
});
const service = await startJobService({
  port: jobServicePort,
  issuer: server.url,
  vars: { SEMBLANCE_PROVIDER: "cpu" },
  state,
  signal,
});
console.log(`ready ${server.url} key=${server.key}`);
await Promise.race([server.ended, whenAborted(signal)]);
await service.stop();
await server.stop();
