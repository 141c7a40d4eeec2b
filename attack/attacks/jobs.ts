import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "../../cli/client.ts";
import { startJobService } from "../../cli/job-service.ts";
import { smallNet } from "../../container/jobs/testing/net.ts";
import { SMALL_NET_LAYERS } from "../../test/support/full-system.ts";
import { cancel, startOptimization, waitForState } from "../../test/support/jobs.ts";
import type { AttackContext } from "../attack-context.ts";
import type { HostileResponse } from "../hostile-request.ts";
import type { Attack } from "./attack.ts";

const LONG_JOBS = 24;
/** The short job waits some seconds for the job that runs. If it had to wait for the 23 others as well, it would take minutes. */
const SHORT_LIMIT_SECONDS = 60;

/** The job service on this machine. It runs one job at a time, with a loss network so small that a step takes milliseconds. */
async function startSmallJobService({ target, scratch }: AttackContext) {
  const network = join(scratch, "small.onnx");
  writeFileSync(network, smallNet());
  return startJobService({
    port: target.jobServicePort,
    issuer: target.url,
    vars: { SEMBLANCE_PROVIDER: "cpu", SEMBLANCE_CONCURRENCY: "1", SEMBLANCE_LOSS_NET: network },
  });
}

const toResponse = (outcome: string): HostileResponse => ({ outcome, sent: 0, millis: 0 });

/** Jobs that occupy the job service. */
export const JOBS: readonly Attack[] = [
  {
    name: `jobs: ${LONG_JOBS} long ones, and a short one of another tenant`,
    expected: ["JobStarted", "TooManyJobs", "the short job SUCCEEDED"],
    required: "the short job SUCCEEDED",
    async run(context) {
      const service = await startSmallJobService(context);
      const other = createClient(context.target.url, context.bystander.key);
      try {
        const long = [];
        for (let i = 0; i < LONG_JOBS; i++)
          long.push(await startOptimization(context.attacker.api, { ...SMALL_NET_LAYERS, steps: 300, maxSide: 256 }));
        const { job } = await startOptimization(other, { ...SMALL_NET_LAYERS, steps: 5, maxSide: 256 });
        const ended = await waitForState(other, job.id, "SUCCEEDED", SHORT_LIMIT_SECONDS).then(
          ({ state }) => `the short job ${state}`,
          () => `the short job did not end within ${SHORT_LIMIT_SECONDS} s`,
        );
        for (const { job } of long) if (job) await cancel(context.attacker.api, job.id);
        return [...long.map(({ __typename }) => toResponse(__typename)), toResponse(ended)];
      } finally {
        await service.stop();
      }
    },
  },
];
