import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, createClient } from "../cli/client.ts";
import { deletion, ENROLL, ENROLL_WITH_LOOKALIKES, SUBJECT_BY_EXTERNAL_ID } from "./support/documents.ts";
import {
  type EnrollAnswer,
  enroll,
  enrollWithLookalikes,
  newCollection,
  photograph,
  verify,
} from "./support/people.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;
let api: Client;
beforeAll(async () => {
  worker = await startWorker();
  ({ api } = await worker.tenant());
});
afterAll(() => worker.close());

const count = async (sql: string, ...bound: string[]) =>
  (
    await worker.env.DB.prepare(sql)
      .bind(...bound)
      .first<{ n: number }>()
  )?.n;
const templatesIn = (collection: string) =>
  count("select count(*) as n from templates where collection_id = ?", collection);

const armstrong = (file: "1.jpg" | "2.jpg" = "2.jpg") => photograph("neil-armstrong", file);
const aldrin = () => photograph("buzz-aldrin", "2.jpg");
const lovell = (file: "1.jpg" | "3.jpg" = "1.jpg") => photograph("james-lovell", file);

/** A client of the tenant with a key of these scopes. */
async function clientWith(...scopes: string[]): Promise<Client> {
  const document = /* GraphQL */ `
    mutation ($input: CreateApiKeyInput!) {
      createApiKey(input: $input) { ... on ApiKeyCreated { secret } }
    }`;
  const { createApiKey } = await api.request<{ createApiKey: { secret: string } }>(document, {
    input: { name: `${scopes.join()} ${crypto.randomUUID()}`, scopes },
  });
  return createClient(worker.url, createApiKey.secret);
}

const sortedTypeNames = (answers: EnrollAnswer[]) => answers.map(({ __typename }) => __typename).toSorted();

describe("adding a face to a subject", () => {
  test("another person's face is not added, neither by externalId nor by id", async () => {
    const collectionId = await newCollection(api);
    const { subject } = await enroll(api, { collectionId, image: armstrong(), externalId: "armstrong" });
    for (const named of [{ externalId: "armstrong" }, { subjectId: subject.id }]) {
      const refused = await enroll(api, { collectionId, image: aldrin(), ...named });
      expect(refused).toMatchObject({ __typename: "DifferentPerson", subjectId: subject.id });
      expect(refused.distance).toBeGreaterThan(refused.threshold);
    }
    expect(await templatesIn(collectionId)).toBe(1);
    const again = await enroll(api, { collectionId, image: armstrong("1.jpg"), externalId: "armstrong" });
    expect(again).toMatchObject({ __typename: "Enrolled", created: false, subject: { id: subject.id } });
    expect(await templatesIn(collectionId)).toBe(2);
  });

  test("a face is added exactly if verify would match it at the same rate", async () => {
    const collectionId = await newCollection(api);
    const { subject } = await enroll(api, { collectionId, image: armstrong() });
    for (const targetFmr of [1e-4, 1e-12]) {
      const verified = await verify(api, {
        probe: armstrong("1.jpg"),
        reference: { subjectId: subject.id },
        operatingPoint: { targetFmr },
      });
      const answer = await enroll(api, { collectionId, image: armstrong("1.jpg"), subjectId: subject.id, targetFmr });
      if (verified.decision === "MATCH") {
        expect(answer.__typename).toBe("Enrolled");
        await api.request(deletion("deleteTemplate"), { id: answer.template.id });
      } else {
        const { distance, threshold } = verified;
        expect(answer).toMatchObject({ __typename: "DifferentPerson", distance, threshold });
      }
    }
  });

  test("if two people are enrolled at once under one new externalId, one is refused", async () => {
    const collectionId = await newCollection(api);
    for (let round = 0; round < 5; round++) {
      const externalId = `race ${round}`;
      const answers = await Promise.all(
        [armstrong(), aldrin()].map((image) => enroll(api, { collectionId, image, externalId })),
      );
      expect(sortedTypeNames(answers)).toEqual(["DifferentPerson", "Enrolled"]);
    }
    expect(await templatesIn(collectionId)).toBe(5);
  });

  test("if two people are enrolled at once into a subject without templates, one is refused", async () => {
    const collectionId = await newCollection(api);
    const { subject, template } = await enroll(api, { collectionId, image: armstrong() });
    await api.request(deletion("deleteTemplate"), { id: template.id });
    const answers = await Promise.all(
      [lovell(), aldrin()].map((image) => enroll(api, { collectionId, image, subjectId: subject.id })),
    );
    expect(sortedTypeNames(answers)).toEqual(["DifferentPerson", "Enrolled"]);
    expect(await templatesIn(collectionId)).toBe(1);
  });

  test("templates of another model are not compared", async () => {
    const collectionId = await newCollection(api);
    const { subject } = await enroll(api, { collectionId, image: armstrong() });
    await worker.env.DB.prepare("update templates set model_id = 'mobilefacenet-192' where subject_id = ?")
      .bind(subject.id)
      .run();
    const answer = await enroll(api, { collectionId, image: armstrong("1.jpg"), subjectId: subject.id });
    expect(answer).toMatchObject({ __typename: "ModelMismatch", expected: "mobilefacenet-192" });
    expect(await templatesIn(collectionId)).toBe(1);
  });

  test("only a key with MANAGE can add another person's face or set a looser rate", async () => {
    const collectionId = await newCollection(api);
    const { subject } = await enroll(api, { collectionId, image: armstrong() });
    const input = { collectionId, image: aldrin(), subjectId: subject.id };
    const enrolling = await clientWith("ENROLL");
    for (const more of [{ allowDifferent: true }, { targetFmr: 0.5 }]) {
      const { body } = await enrolling.send(ENROLL, { input: { ...input, ...more } });
      expect(body.errors?.[0]?.extensions?.code).toBe("FORBIDDEN");
    }
    expect(await templatesIn(collectionId)).toBe(1);
    const stricter = await enroll(enrolling, { ...input, image: armstrong("1.jpg"), targetFmr: 1e-5 });
    expect(stricter.__typename).toBe("Enrolled");
    const managing = await clientWith("ENROLL", "MANAGE");
    expect(await enroll(managing, { ...input, allowDifferent: true })).toMatchObject({
      __typename: "Enrolled",
      subject: { id: subject.id },
    });
  });
});

describe("lookalikes", () => {
  test("lookalikes are the other near subjects, nearest first, without the subject itself", async () => {
    const collectionId = await newCollection(api);
    await enroll(api, { collectionId, image: lovell(), externalId: "lovell" });
    await enroll(api, { collectionId, image: armstrong("1.jpg"), externalId: "armstrong 1" });
    const first = await enrollWithLookalikes(api, {
      collectionId,
      image: armstrong("2.jpg"),
      externalId: "armstrong 2",
    });
    expect(first.lookalikes?.map(({ subject }) => subject.externalId)).toEqual(["armstrong 1"]);
    expect(first.lookalikes?.[0]?.distance).toBeGreaterThan(0);
    const second = await enrollWithLookalikes(api, {
      collectionId,
      image: armstrong("2.jpg"),
      externalId: "armstrong 3",
    });
    expect(second.lookalikes?.map(({ subject }) => subject.externalId)).toEqual(["armstrong 2", "armstrong 1"]);
    expect(second.lookalikes?.[0]?.distance).toBe(0);
    const own = await enrollWithLookalikes(api, { collectionId, image: lovell("3.jpg"), externalId: "lovell" });
    expect(own).toMatchObject({ __typename: "Enrolled", created: false, lookalikes: [] });
  });

  test("a key with only ENROLL can neither select lookalikes nor refuse them", async () => {
    const collectionId = await newCollection(api);
    await enroll(api, { collectionId, image: armstrong("1.jpg") });
    const enrolling = await clientWith("ENROLL");
    const input = { collectionId, image: armstrong("2.jpg") };
    const asked = await enrolling.send<{ enroll: EnrollAnswer }>(ENROLL_WITH_LOOKALIKES, { input });
    expect(asked.body).toMatchObject({
      data: { enroll: { __typename: "Enrolled", lookalikes: null } },
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
    const refusing = await enrolling.send(ENROLL, { input: { ...input, refuseLookalikes: true } });
    expect(refusing.body.errors?.[0]?.extensions?.code).toBe("FORBIDDEN");
    expect(await templatesIn(collectionId)).toBe(2);
    const both = await clientWith("ENROLL", "IDENTIFY");
    expect((await enrollWithLookalikes(both, input)).lookalikes).toHaveLength(2);
  });

  test("with refuseLookalikes a lookalike is named and nothing is stored", async () => {
    const collectionId = await newCollection(api);
    const { subject } = await enroll(api, { collectionId, image: armstrong("1.jpg"), name: "Armstrong" });
    const input = { collectionId, image: armstrong("2.jpg"), externalId: "twice", refuseLookalikes: true };
    expect(await enroll(api, input)).toMatchObject({
      __typename: "LooksLikeOthers",
      lookalikes: [{ subject: { id: subject.id, name: "Armstrong" } }],
    });
    expect(await templatesIn(collectionId)).toBe(1);
    expect(await count("select count(*) as n from subjects where collection_id = ?", collectionId)).toBe(1);
    expect((await enroll(api, { ...input, image: lovell() })).__typename).toBe("Enrolled");
    expect((await enroll(api, { ...input, image: lovell("3.jpg") })).__typename).toBe("Enrolled");
  });

  test("with refuseLookalikes, concurrent enrollments of one person leave one, and other people are enrolled", async () => {
    const collectionId = await newCollection(api);
    const images = [...Array.from({ length: 5 }, () => armstrong()), lovell(), aldrin()];
    const answers = await Promise.all(
      images.map((image) => enroll(api, { collectionId, image, refuseLookalikes: true })),
    );
    expect(sortedTypeNames(answers)).toEqual([...Array(3).fill("Enrolled"), ...Array(4).fill("LooksLikeOthers")]);
    expect(await templatesIn(collectionId)).toBe(3);
  });

  test("a repeated request names the same lookalikes after the collection has changed", async () => {
    const collectionId = await newCollection(api);
    await enroll(api, { collectionId, image: armstrong("1.jpg"), externalId: "before" });
    const input = { collectionId, image: armstrong("2.jpg"), externalId: "new", idempotencyKey: "lookalikes-1" };
    const first = await enrollWithLookalikes(api, input);
    await enroll(api, { collectionId, image: armstrong("1.jpg"), externalId: "after" });
    expect(await enrollWithLookalikes(api, input)).toEqual(first);
    expect(first.lookalikes).toHaveLength(1);
    const other = await enroll(api, { ...input, refuseLookalikes: true });
    expect(other.__typename).toBe("Conflict");
  });

  test("a repeated request can select lookalikes that the first did not select", async () => {
    const collectionId = await newCollection(api);
    await enroll(api, { collectionId, image: armstrong("1.jpg"), externalId: "before" });
    const input = { collectionId, image: armstrong("2.jpg"), idempotencyKey: "lookalikes-2" };
    const first = await enroll(api, input);
    const again = await enrollWithLookalikes(api, input);
    expect(again).toMatchObject({ template: { id: first.template.id } });
    expect(again.lookalikes?.map(({ subject }) => subject.externalId)).toEqual(["before"]);
  });

  test("concurrent requests with one idempotency key get the same answer", async () => {
    const collectionId = await newCollection(api);
    await enroll(api, { collectionId, image: armstrong("1.jpg") });
    const input = { collectionId, image: armstrong("2.jpg"), idempotencyKey: "lookalikes-3" };
    const answers = await Promise.all(Array.from({ length: 4 }, () => enrollWithLookalikes(api, input)));
    expect(answers[0]?.lookalikes).toHaveLength(1);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await templatesIn(collectionId)).toBe(2);
  });
});

describe("a subject by its externalId", () => {
  test("a subject is found only in its collection, by its tenant, with MANAGE", async () => {
    const [collectionId, elsewhere] = [await newCollection(api), await newCollection(api)];
    const { subject } = await enroll(api, { collectionId, image: armstrong(), externalId: "armstrong", name: "Neil" });
    const find = async (client: Client, variables: Record<string, string>) =>
      (await client.request<{ subject: unknown }>(SUBJECT_BY_EXTERNAL_ID, variables)).subject;
    const externalId = "armstrong";
    expect(await find(api, { collectionId, externalId })).toEqual({ id: subject.id, name: "Neil", externalId });
    expect(await find(api, { collectionId, externalId: "aldrin" })).toBeNull();
    expect(await find(api, { collectionId: elsewhere, externalId })).toBeNull();
    expect(await find((await worker.tenant()).api, { collectionId, externalId })).toBeNull();
    const verifying = await clientWith("VERIFY");
    const { body } = await verifying.send(SUBJECT_BY_EXTERNAL_ID, { collectionId, externalId });
    expect(body.errors?.[0]?.extensions?.code).toBe("FORBIDDEN");
  });

  test("a subject can be verified by its externalId", async () => {
    const collectionId = await newCollection(api);
    await enroll(api, { collectionId, image: armstrong(), externalId: "armstrong" });
    const verifying = await clientWith("VERIFY");
    const at = (client: Client, probe: unknown, externalId: Record<string, string>) =>
      verify(client, { probe, reference: { externalId } });
    const here = { collectionId, externalId: "armstrong" };
    expect(await at(verifying, armstrong("1.jpg"), here)).toMatchObject({ decision: "MATCH" });
    expect(await at(verifying, aldrin(), here)).toMatchObject({ decision: "NO_MATCH" });
    expect(await at(api, aldrin(), { collectionId, externalId: "aldrin" })).toMatchObject({
      __typename: "NotFound",
      missingId: "aldrin",
    });
    const theirs = (await worker.tenant()).api;
    expect(await at(theirs, armstrong("1.jpg"), here)).toMatchObject({
      __typename: "NotFound",
      missingId: collectionId,
    });
  });

  test("a subject without templates exists but cannot be verified", async () => {
    const collectionId = await newCollection(api);
    const { subject, template } = await enroll(api, { collectionId, image: armstrong(), externalId: "armstrong" });
    await api.request(deletion("deleteTemplate"), { id: template.id });
    for (const reference of [{ subjectId: subject.id }, { externalId: { collectionId, externalId: "armstrong" } }]) {
      const answer = await verify(api, { probe: armstrong("1.jpg"), reference });
      expect(answer).toMatchObject({ __typename: "NoTemplate", subjectId: subject.id });
    }
    const enrolled = await enroll(api, { collectionId, image: lovell(), externalId: "armstrong" });
    expect(enrolled).toMatchObject({ __typename: "Enrolled", created: false });
  });
});
