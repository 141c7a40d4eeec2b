import fc from "fast-check";
import PQueue from "p-queue";
import { expect, test } from "vitest";
import { type TenantQueueOptions, TenantRoundRobin } from "./tenant-round-robin.ts";

/** The order in which tasks of these tenants run, one at a time. All tasks are added while a task of `running` runs. */
async function orderOf(tenants: readonly string[], running: string): Promise<string[]> {
  const queue = new PQueue<TenantRoundRobin, TenantQueueOptions>({ concurrency: 1, queueClass: TenantRoundRobin });
  const ran: string[] = [];
  let finish = () => {};
  void queue.add(() => new Promise<void>((finished) => (finish = finished)), { tenantId: running });
  for (const [i, tenantId] of tenants.entries())
    void queue.add(async () => void ran.push(`${tenantId}${i}`), { tenantId });
  finish();
  await queue.onIdle();
  return ran;
}

test("a tenant that arrives late is served next, and then in turn", async () => {
  expect(await orderOf(["a", "a", "a", "b", "b", "c"], "a")).toEqual(["b3", "c5", "a0", "b4", "a1", "a2"]);
});

test("each task runs once, a tenant's tasks run in order, and no tenant is served twice while another one waits longer", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 }), async (tenants) => {
      const ran = await orderOf(tenants, "a");
      expect([...ran].sort()).toEqual(tenants.map((tenant, i) => `${tenant}${i}`).sort());
      for (const tenant of ["a", "b", "c"]) {
        const own = ran.filter((task) => task.startsWith(tenant)).map((task) => Number(task.slice(1)));
        expect(own).toEqual([...own].sort((x, y) => x - y));
      }
      for (const [i, task] of ran.entries()) {
        const waiting = new Set(ran.slice(i).map((later) => later[0]));
        const since = ran.slice(0, i).map((earlier) => earlier[0]);
        // The tenant that is served was served no later than any tenant that waits.
        for (const other of waiting) expect(since.lastIndexOf(task[0])).toBeLessThanOrEqual(since.lastIndexOf(other));
      }
    }),
  );
});

test("a canceled task does not run", async () => {
  const queue = new PQueue<TenantRoundRobin, TenantQueueOptions>({ concurrency: 1, queueClass: TenantRoundRobin });
  const cancel = new AbortController();
  let finish = () => {};
  void queue.add(() => new Promise<void>((finished) => (finish = finished)));
  const canceled = queue.add(() => expect.unreachable(), { tenantId: "a", signal: cancel.signal });
  const other = queue.add(() => "ran", { tenantId: "a" });
  cancel.abort(new Error("No longer wanted."));
  await expect(canceled).rejects.toThrow("No longer wanted.");
  finish();
  expect(await other).toBe("ran");
});
