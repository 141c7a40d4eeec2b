import { parentPort, workerData } from "node:worker_threads";
import { VERIFY_SUBJECT } from "../bench/requests.ts";
import { createClient, PictureFile } from "../cli/client.ts";
import type { Bystander, Served } from "./bystander.ts";

const EVERY_MS = 1_000;
/** A verify without an answer by then counts as unanswered. */
const LIMIT_MS = 30_000;

const { url, key, subjectId, photograph } = workerData as Bystander;
const api = createClient(url, key);
const served: Served = { sent: 0, answered: 0, millis: [] };
const underway = new Set<Promise<void>>();

async function matches(): Promise<boolean> {
  const { body } = await api.send<{ verify: { decision?: string } }>(VERIFY_SUBJECT, {
    probe: new PictureFile(photograph),
    subject: subjectId,
  });
  return body.data?.verify.decision === "MATCH";
}

function send(): void {
  const start = performance.now();
  served.sent++;
  const tooLate = new Promise<false>((late) => setTimeout(late, LIMIT_MS, false).unref());
  const one = Promise.race([matches().catch(() => false), tooLate]).then((matched) => {
    served.millis.push(performance.now() - start);
    if (matched) served.answered++;
    underway.delete(one);
  });
  underway.add(one);
}

send();
const clock = setInterval(send, EVERY_MS);
parentPort?.once("message", async () => {
  clearInterval(clock);
  await Promise.all(underway);
  parentPort?.postMessage(served);
});
