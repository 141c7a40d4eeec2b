import { expect, test } from "vitest";
import { picture } from "./support/fake-job-service.ts";
import { SMALL_NET_LAYERS, startFullSystem } from "./support/full-system.ts";
import { startOptimization } from "./support/jobs.ts";

const JOBS = 100;
const CONCURRENCY = 2;
const WAITING = 8;
/** Two jobs run at the same time, about a second each. On a busy machine they take several times as long. */
const LIMIT_MS = 600_000;

interface Page {
  jobs: {
    edges: { node: { id: string; state: string; attempt: number; result: { sha256: string } | null } }[];
    pageInfo: { hasNextPage: boolean };
  };
}
const LIST = /* GraphQL */ `
  query List($state: JobState) {
    jobs(first: 100, state: $state) { edges { node { id state attempt result { sha256 } } } pageInfo { hasNextPage } }
  }`;

test(
  "a hundred jobs on a service that runs two at a time each succeed once, and `jobs` lists them correctly",
  async () => {
    const system = await startFullSystem({
      vars: { JOB_LEASE_SECONDS: "20", JOB_RETRY_SECONDS: "0.2" },
      service: { SEMBLANCE_CONCURRENCY: String(CONCURRENCY), SEMBLANCE_WAITING: String(WAITING) },
    });
    try {
      await system.startService();
      const image = { base64: picture().toString("base64") };
      const began = performance.now();
      const started = await Promise.all(
        Array.from({ length: JOBS }, (_, seed) =>
          startOptimization(system.api, {
            content: image,
            recipe: "GATYS",
            maxSide: 64,
            steps: 1,
            seed,
            ...SMALL_NET_LAYERS,
          }),
        ),
      );
      const ids = started.map(({ job }) => job.id);
      expect(new Set(ids).size).toBe(JOBS);
      console.log(`${JOBS} jobs started in ${((performance.now() - began) / 1_000).toFixed(1)} s`);

      let most = 0;
      const list = async (state?: string) =>
        (await system.api.request<Page>(LIST, { state })).jobs.edges.map(({ node }) => node);
      await expect
        .poll(
          async () => {
            most = Math.max(most, system.jobProcesses().length);
            const all = await list();
            expect(all.filter(({ state }) => ["FAILED", "CANCELED", "EXPIRED"].includes(state))).toEqual([]);
            return all.filter(({ state }) => state === "SUCCEEDED").length;
          },
          { timeout: LIMIT_MS, interval: 500 },
        )
        .toBe(JOBS);
      console.log(`${JOBS} jobs done in ${((performance.now() - began) / 1_000).toFixed(1)} s`);

      expect(most).toBeLessThanOrEqual(CONCURRENCY);
      const done = await list("SUCCEEDED");
      expect(done.map(({ id }) => id).sort()).toEqual([...ids].sort());
      expect(done.every(({ result, attempt }) => result !== null && attempt === 1)).toBe(true);
      for (const state of ["QUEUED", "DISPATCHED", "RUNNING"]) expect(await list(state)).toEqual([]);
      const audited = await system.query(
        "select target, count(*) as times from audit where action = 'succeedJob' group by target",
      );
      expect(audited).toHaveLength(JOBS);
      expect(audited).toEqual(
        ids.map((target) => ({ target, times: 1 })).sort((a, b) => (a.target < b.target ? -1 : 1)),
      );
      const { objects, rows } = await system.listBlobs();
      expect(objects).toEqual(rows);
    } finally {
      await system.close();
    }
  },
  LIMIT_MS,
);
