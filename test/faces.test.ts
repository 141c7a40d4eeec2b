import { afterAll, beforeAll, expect, test } from "vitest";
import { CREWS, crewPhotograph, ENROLLED } from "../cli/astronauts.ts";
import type { Client } from "../cli/client.ts";
import { enroll, identify, newCollection, photograph, pictureAt, verify } from "./support/people.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;
let api: Client;
let collectionId: string;
const subjects = new Map<string, string>();

beforeAll(async () => {
  worker = await startWorker();
  ({ api } = await worker.tenant());
  collectionId = await newCollection(api);
  for (const { id, file, name } of ENROLLED) {
    const answer = await enroll(api, { collectionId, image: photograph(id, file), externalId: id, name });
    expect(answer.__typename).toBe("Enrolled");
    subjects.set(id, answer.subject.id);
  }
});
afterAll(() => worker.close());

test("one enrolled photograph is enough to match the same person and reject another person", async () => {
  const same = await verify(api, {
    probe: photograph("neil-armstrong", "1.jpg"),
    reference: { subjectId: subjects.get("neil-armstrong") },
  });
  expect(same).toMatchObject({ __typename: "Verification", decision: "MATCH" });
  expect(same.distance).toBeLessThan(same.threshold);
  expect(same.fmr).toBeLessThan(1e-4);
  const other = await verify(api, {
    probe: photograph("neil-armstrong", "1.jpg"),
    reference: { subjectId: subjects.get("buzz-aldrin") },
  });
  expect(other).toMatchObject({ decision: "NO_MATCH" });
});

test("two photographs are compared without an enrollment", async () => {
  const answer = await verify(api, {
    probe: photograph("james-lovell", "3.jpg"),
    reference: { image: photograph("james-lovell", "1.jpg") },
  });
  expect(answer.decision).toBe("MATCH");
});

test("a stricter target FMR gives a smaller threshold, and a distance is used unchanged", async () => {
  const at = (operatingPoint: object) =>
    verify(api, {
      probe: photograph("neil-armstrong", "1.jpg"),
      reference: { subjectId: subjects.get("neil-armstrong") },
      operatingPoint,
    });
  const [strict, loose, fixed] = [
    await at({ targetFmr: 1e-8 }),
    await at({ targetFmr: 1e-2 }),
    await at({ distance: 0.1 }),
  ];
  expect(strict.threshold).toBeLessThan(loose.threshold);
  expect(fixed).toMatchObject({ threshold: 0.1, decision: "NO_MATCH" });
});

test("every enrolled person is identified at the right place in the crew photographs, and no other person is named", async () => {
  for (const { photograph: name, faces: expected } of CREWS) {
    const answer = await identify(api, {
      collectionId,
      probe: pictureAt(crewPhotograph(name)),
      maxFaces: 10,
      targetFpir: 0.001,
    });
    const found = answer.faces
      .toSorted((a, b) => a.face.box.x - b.face.box.x)
      .map(({ outcome, candidates }) => (outcome === "IDENTIFIED" ? candidates[0]?.subject.externalId : null));
    expect(found, name).toEqual(expected);
    expect(answer.gallerySize).toBe(ENROLLED.length);
  }
});

test("a person who is not enrolled has no candidates", async () => {
  const answer = await identify(api, { collectionId, probe: photograph("eileen-collins", "1.png") });
  expect(answer.faces).toMatchObject([{ outcome: "NOBODY", candidates: [] }]);
});

test("a search in an empty collection has no candidates", async () => {
  const empty = await newCollection(api, "empty");
  const answer = await identify(api, { collectionId: empty, probe: photograph("neil-armstrong", "1.jpg") });
  expect(answer).toMatchObject({ gallerySize: 0, faces: [{ outcome: "NOBODY" }] });
});

test("a photograph of several people is not enrolled", async () => {
  const answer = await enroll(api, { collectionId, image: pictureAt(crewPhotograph("apollo11-crew")) });
  expect(answer.__typename).toBe("ManyFaces");
  expect(answer.faces).toHaveLength(3);
});

test("a face below the minimum quality is not enrolled", async () => {
  const answer = await enroll(api, { collectionId, image: photograph("gus-grissom", "2.jpg"), minimumQuality: 1 });
  expect(answer.__typename).toBe("PoorQuality");
  expect(answer.quality).toBeLessThan(1);
});
