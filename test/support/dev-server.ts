import { startJobService } from "../../cli/job-service.ts";
import { startServer, stopped } from "../../cli/server.ts";

/**
 * What `npm run dev` starts, with leases that a test can wait for: `node test/support/dev-server.ts PORT STATE LEASE_SECONDS`. The
 * job service has the next port.
 */
const [, , port = "", state = "", lease = ""] = process.argv;
const servicePort = Number(port) + 1;
const server = await startServer({
  port: Number(port),
  state,
  vars: {
    ENVIRONMENT: "development",
    JOB_SERVICE_URL: `http://127.0.0.1:${servicePort}`,
    JOB_LEASE_SECONDS: lease,
    JOB_RETRY_SECONDS: "1",
    WEBHOOK_RETRY_SECONDS: "2 2 2 2 2 2 2 2",
    ALLOW_LOOPBACK_URLS: "true",
  },
});
const service = await startJobService({ port: servicePort, issuer: server.url, vars: { SEMBLANCE_PROVIDER: "cpu" } });
console.log(`ready ${server.url} key=${server.key}`);
await stopped(server.ended);
await service.stop();
await server.stop();
