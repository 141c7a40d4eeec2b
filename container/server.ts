/** Starts the job service. `service/settings.ts` describes its environment variables. */
import { serve } from "@hono/node-server";
import type { PROVIDERS, Provider } from "./engine/provider.ts";
import { JobDiedError, JobFailedError, startJob } from "./jobs.ts";
import { createAuthorize } from "./service/authorize.ts";
import { createHttp } from "./service/http.ts";
import { openLog, reasonOf } from "./service/log.ts";
import { openMetrics } from "./service/metrics.ts";
import { openQueue } from "./service/queue.ts";
import { runAttempt } from "./service/run-attempt.ts";
import { defaultConcurrency, HELP, readSettings } from "./service/settings.ts";

/** Time limit for receiving a request. A dispatch has a few KB. */
const REQUEST_TIMEOUT_MS = 10_000;

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
} else {
  const settings = readSettings(process.env);
  if ("error" in settings) {
    console.error(settings.error);
    process.exitCode = 2;
  } else await start(settings);
}

async function start(settings: Exclude<ReturnType<typeof readSettings>, { error: string }>): Promise<void> {
  const log = openLog(settings.SEMBLANCE_LOG);
  const provider = await startProvider(settings.SEMBLANCE_PROVIDER);
  if (!provider) return;
  const concurrency = settings.SEMBLANCE_CONCURRENCY ?? defaultConcurrency(provider);
  const waiting = settings.SEMBLANCE_WAITING;
  const issuer = settings.SEMBLANCE_ISSUER;

  const metrics = openMetrics(() => queue.jobs());
  const tools = {
    ...{ fetch, log, metrics, provider },
    network: settings.SEMBLANCE_LOSS_NET,
    photographs: settings.SEMBLANCE_PHOTOGRAPHS,
  };
  const queue = openQueue({ concurrency, waiting }, (attempt) => runAttempt(attempt, tools));
  const http = createHttp({
    ...{ issuer, queue, metrics, log },
    authorize: createAuthorize(issuer),
    about: { provider, concurrency, mostWaiting: waiting },
  });
  const server = serve(
    {
      fetch: http.fetch,
      hostname: settings.HOST,
      port: settings.PORT,
      serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    },
    ({ port }) => log("info", { event: "listening", port, provider, concurrency, waiting }),
  );
  server.on("error", (error) => {
    console.error(`The service cannot listen on port ${settings.PORT} (${reasonOf(error)}). Set PORT to another port.`);
    process.exit(1);
  });

  const shutDown = async () => {
    // A second signal ends the service at once.
    if (queue.draining) process.exit(0);
    log("info", { event: "draining", running: queue.jobs().length });
    const drainTimer = setTimeout(() => process.exit(0), 1_000 * settings.SEMBLANCE_DRAIN_SECONDS);
    await queue.drain();
    clearTimeout(drainTimer);
    log("info", { event: "stopped" });
    process.exit(0);
  };
  process.on("SIGTERM", shutDown);
  process.on("SIGINT", shutDown);
}

/** The execution provider that jobs use. Returns undefined, after an error message, if the requested one does not start. */
async function startProvider(requested: (typeof PROVIDERS)[number]): Promise<Provider | undefined> {
  try {
    return (await startJob("provider", { provider: requested })).result;
  } catch (error) {
    if (!(error instanceof JobFailedError || error instanceof JobDiedError)) throw error;
    console.error(
      `The execution provider does not start (SEMBLANCE_PROVIDER=${requested}): ${error.message.replace(/\s+/g, " ")}`,
    );
    process.exitCode = 1;
    return undefined;
  }
}
