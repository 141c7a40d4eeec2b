import fc from "fast-check";
import PQueue from "p-queue";
import { expect, test } from "vitest";
import { type TurnOptions, Turns } from "./turns.ts";

/** In which order tasks of these tenants run, one at a time, when all of them came while another ran. */
async function order(tenants: readonly string[], running: string): Promise<string[]> {
  const queue = new PQueue<Turns, TurnOptions>({ concurrency: 1, queueClass: Turns });
  const ran: string[] = [];
  let finish = () => {};
  void queue.add(() => new Promise<void>((finished) => (finish = finished)), { tenantId: running });
  for (const [i, tenantId] of tenants.entries())
    void queue.add(async () => void ran.push(`${tenantId}${i}`), { tenantId });
  finish();
  await queue.onIdle();
  return ran;
}

test("a tenant that comes late is served next, and then in turn", async () => {
  expect(await order(["a", "a", "a", "b", "b", "c"], "a")).toEqual(["b3", "c5", "a0", "b4", "a1", "a2"]);
});

test("each task runs once, a tenant's own in order, and no tenant twice while another has waited for longer", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 }), async (tenants) => {
      const ran = await order(tenants, "a");
      expect([...ran].sort()).toEqual(tenants.map((tenant, i) => `${tenant}${i}`).sort());
      for (const tenant of ["a", "b", "c"]) {
        const own = ran.filter((task) => task.startsWith(tenant)).map((task) => Number(task.slice(1)));
        expect(own).toEqual([...own].sort((x, y) => x - y));
      }
      for (const [i, task] of ran.entries()) {
        const waiting = new Set(ran.slice(i).map((later) => later[0]));
        const since = ran.slice(0, i).map((earlier) => earlier[0]);
        // Whoever is served was not served more often lately than any that waits.
        for (const other of waiting) expect(since.lastIndexOf(task[0])).toBeLessThanOrEqual(since.lastIndexOf(other));
      }
    }),
  );
});

test("what is taken back does not run", async () => {
  const queue = new PQueue<Turns, TurnOptions>({ concurrency: 1, queueClass: Turns });
  const leave = new AbortController();
  let finish = () => {};
  void queue.add(() => new Promise<void>((finished) => (finish = finished)));
  const left = queue.add(() => expect.unreachable(), { tenantId: "a", signal: leave.signal });
  const stays = queue.add(() => "ran", { tenantId: "a" });
  leave.abort(new Error("No longer wanted."));
  await expect(left).rejects.toThrow("No longer wanted.");
  finish();
  expect(await stays).toBe("ran");
});
