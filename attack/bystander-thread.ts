import { parentPort, workerData } from "node:worker_threads";
import { VERIFY_SUBJECT } from "../bench/requests.ts";
import { createClient, PictureFile } from "../cli/client.ts";
import type { Bystander, VerificationStats } from "./bystander.ts";

const INTERVAL_MS = 1_000;
/** A verification without an answer after this time counts as unanswered. */
const TIMEOUT_MS = 30_000;

const { url, key, subjectId, photograph } = workerData as Bystander;
const api = createClient(url, key);
const stats: VerificationStats = { sent: 0, answered: 0, millis: [] };
const pending = new Set<Promise<void>>();

async function matches(): Promise<boolean> {
  const { body } = await api.send<{ verify: { decision?: string } }>(VERIFY_SUBJECT, {
    probe: new PictureFile(photograph),
    subject: subjectId,
  });
  return body.data?.verify.decision === "MATCH";
}

function sendVerification(): void {
  const start = performance.now();
  stats.sent++;
  const timedOut = new Promise<false>((late) => setTimeout(late, TIMEOUT_MS, false).unref());
  const verification = Promise.race([matches().catch(() => false), timedOut]).then((matched) => {
    stats.millis.push(performance.now() - start);
    if (matched) stats.answered++;
    pending.delete(verification);
  });
  pending.add(verification);
}

sendVerification();
const timer = setInterval(sendVerification, INTERVAL_MS);
parentPort?.once("message", async () => {
  clearInterval(timer);
  await Promise.all(pending);
  parentPort?.postMessage(stats);
});
