import { expect, test } from "vitest";
import { enroll, identify, newCollection, photograph, verify } from "./support/people.ts";
import { startWorker } from "./support/worker.ts";

test("with the alternative 192-dimensional embedder people are enrolled, verified and identified", async () => {
  const worker = await startWorker({ bundle: "spare" });
  try {
    const { api } = await worker.tenant();
    const collectionId = await newCollection(api);
    const shepard = await enroll(api, { collectionId, image: photograph("alan-shepard", "2.jpg"), name: "Shepard" });
    await enroll(api, { collectionId, image: photograph("gus-grissom", "1.jpg"), name: "Grissom" });
    expect(shepard).toMatchObject({ __typename: "Enrolled", template: { modelId: "mobilefacenet-192" } });
    const probe = photograph("alan-shepard", "3.jpg");
    const reference = { subjectId: shepard.subject.id };
    expect((await verify(api, { probe, reference })).decision).toBe("MATCH");
    expect((await verify(api, { probe: photograph("gus-grissom", "2.jpg"), reference })).decision).toBe("NO_MATCH");
    const { faces } = await identify(api, { collectionId, probe });
    expect(faces[0]?.candidates[0]?.subject.name).toBe("Shepard");
    const stranger = await identify(api, { collectionId, probe: photograph("eileen-collins", "1.png") });
    expect(stranger.faces[0]?.outcome).toBe("NOBODY");
  } finally {
    await worker.close();
  }
});

test("requests on a collection whose model is not bundled get an error that says what to do", async () => {
  const worker = await startWorker({ bundle: "spare" });
  try {
    const { api } = await worker.tenant();
    const collectionId = await newCollection(api);
    await enroll(api, { collectionId, image: photograph("alan-shepard", "2.jpg") });
    await worker.env.DB.prepare("update collections set model_id = 'faceplugin-512'").run();
    await worker.env.DB.prepare("update templates set model_id = 'faceplugin-512'").run();
    const { id } = (await worker.env.DB.prepare("select id from subjects").first<{ id: string }>())!;
    const probe = photograph("alan-shepard", "3.jpg");
    const mismatch = {
      __typename: "ModelMismatch",
      expected: "faceplugin-512",
      found: "mobilefacenet-192",
      message: expect.stringContaining("Deploy the Worker with faceplugin-512"),
    };
    expect(await enroll(api, { collectionId, image: probe })).toMatchObject(mismatch);
    expect(await identify(api, { collectionId, probe })).toMatchObject(mismatch);
    expect(await verify(api, { probe, reference: { subjectId: id } })).toMatchObject(mismatch);
  } finally {
    await worker.close();
  }
});
