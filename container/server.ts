/** The job service: wiring. What the environment may say is in `service/settings.ts`. */
import { serve } from "@hono/node-server";
import type { PROVIDERS, Provider } from "./engine/provider.ts";
import { JobDiedError, JobFailedError, startJob } from "./jobs.ts";
import { createAuthorize } from "./service/authorize.ts";
import { createHttp } from "./service/http.ts";
import { openLog, reasonOf } from "./service/log.ts";
import { openMetrics } from "./service/metrics.ts";
import { perform } from "./service/perform.ts";
import { openQueue } from "./service/queue.ts";
import { concurrencyOn, HELP, readSettings } from "./service/settings.ts";

/** Milliseconds that a stranger has to send a request; a dispatch is a few KB. */
const REQUEST_MS = 10_000;

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
} else {
  const settings = readSettings(process.env);
  if ("unusable" in settings) {
    console.error(settings.unusable);
    process.exitCode = 2;
  } else await start(settings);
}

async function start(settings: Exclude<ReturnType<typeof readSettings>, { unusable: string }>): Promise<void> {
  const log = openLog(settings.SEMBLANCE_LOG);
  const provider = await providerOf(settings.SEMBLANCE_PROVIDER);
  if (!provider) return;
  const concurrency = settings.SEMBLANCE_CONCURRENCY ?? concurrencyOn(provider);
  const waiting = settings.SEMBLANCE_WAITING;
  const issuer = settings.SEMBLANCE_ISSUER;

  const metrics = openMetrics(() => queue.jobs());
  const tools = {
    ...{ fetch, log, metrics, provider },
    network: settings.SEMBLANCE_LOSS_NET,
    photographs: settings.SEMBLANCE_PHOTOGRAPHS,
  };
  const queue = openQueue({ concurrency, waiting }, (attempt) => perform(attempt, tools));
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
      serverOptions: { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    },
    ({ port }) => log("info", { event: "listening", port, provider, concurrency, waiting }),
  );
  server.on("error", (error) => {
    console.error(`Port ${settings.PORT} cannot be listened on (${reasonOf(error)}). Name another with PORT.`);
    process.exit(1);
  });

  const end = async () => {
    // Who asks twice does not want to wait.
    if (queue.draining) process.exit(0);
    log("info", { event: "draining", running: queue.jobs().length });
    const limit = setTimeout(() => process.exit(0), 1_000 * settings.SEMBLANCE_DRAIN_SECONDS);
    await queue.drain();
    clearTimeout(limit);
    log("info", { event: "stopped" });
    process.exit(0);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

/** What reckons here. Where it does not start, that is said, and nothing else is begun. */
async function providerOf(asked: (typeof PROVIDERS)[number]): Promise<Provider | undefined> {
  try {
    return (await startJob("provider", { provider: asked })).result;
  } catch (error) {
    if (!(error instanceof JobFailedError || error instanceof JobDiedError)) throw error;
    console.error(`SEMBLANCE_PROVIDER=${asked} does not start: ${error.message.replace(/\s+/g, " ")}`);
    process.exitCode = 1;
    return undefined;
  }
}
