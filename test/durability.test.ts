import { expect, test } from "vitest";
import { workerdBelow } from "../bench/processes.ts";
import { createClient } from "../cli/client.ts";
import { NODE } from "./support/documents.ts";
import { enroll, identify, newCollection, photograph } from "./support/people.ts";
import { startWorker } from "./support/worker.ts";

const ENROLLMENTS = 100;
const IN_FLIGHT = 4;

test("after workerd was killed during a hundred enrollments, node and identify find every acknowledged one", async () => {
  const worker = await startWorker();
  try {
    const { api, key } = await worker.tenant();
    const collectionId = await newCollection(api);
    const acknowledged: { subject: string; template: string }[] = [];
    let next = 0;
    const killAfter = 30;
    const clients = Array.from({ length: IN_FLIGHT }, async () => {
      while (next < ENROLLMENTS) {
        const n = next++;
        const answer = await enroll(api, {
          collectionId,
          image: photograph("charlie-duke", "2.jpg"),
          externalId: `duke ${n}`,
        }).catch(() => undefined);
        if (!answer) return; // killed
        expect(answer.__typename).toBe("Enrolled");
        acknowledged.push({ subject: answer.subject.id, template: answer.template.id });
        if (acknowledged.length === killAfter)
          for (const pid of workerdBelow(process.pid)) process.kill(pid, "SIGKILL");
      }
    });
    await Promise.all(clients);
    expect(acknowledged.length).toBeGreaterThanOrEqual(killAfter);
    expect(acknowledged.length).toBeLessThan(ENROLLMENTS);

    await worker.harness.update((options) => ({ ...options }));
    const { url } = await worker.harness.listen();
    const again = createClient(url.href, key);
    for (const { subject, template } of acknowledged) {
      const [found, kept] = [
        await again.request<{ node: unknown }>(NODE, { id: subject }),
        await again.request<{ node: unknown }>(NODE, { id: template }),
      ];
      expect(found.node).toMatchObject({ __typename: "Subject", id: subject });
      expect(kept.node).toMatchObject({ __typename: "Template", id: template });
    }
    const { faces, gallerySize } = await identify(again, {
      collectionId,
      probe: photograph("charlie-duke", "1.jpg"),
      maxCandidates: 100,
    });
    expect(gallerySize).toBeGreaterThanOrEqual(acknowledged.length);
    const candidates = new Set(faces[0]?.candidates.map((candidate) => candidate.subject.id));
    for (const { subject } of acknowledged) expect(candidates).toContain(subject);
  } finally {
    await worker.close();
  }
});
