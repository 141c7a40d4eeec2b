import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, createClient } from "../cli/client.ts";
import { CREATE_COLLECTION, deletion, MERGE, NODE } from "./support/documents.ts";
import { enroll, identify, newCollection, type Outcome, photograph, verify } from "./support/people.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;
let tenant: { id: string; key: string; api: Client };
let otherTenant: { id: string; key: string; api: Client };

beforeAll(async () => {
  worker = await startWorker();
  tenant = await worker.tenant();
  otherTenant = await worker.tenant();
});
afterAll(() => worker.close());

const CREATE_KEY = /* GraphQL */ `
  mutation CreateKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) { __typename ... on ApiKeyCreated { apiKey { id } secret } ... on Problem { message } }
  }`;
const createKey = async (input: Record<string, unknown>) =>
  (
    await tenant.api.request<{ createApiKey: Outcome & { apiKey: { id: string }; secret: string } }>(CREATE_KEY, {
      input,
    })
  ).createApiKey;

const statusAndCode = async (api: Client, document: string, variables: Record<string, unknown> = {}) => {
  const { response, body } = await api.send(document, variables);
  return { status: response.status, code: body.errors?.[0]?.extensions?.code };
};

test("another tenant's ids are not found by node or by any operation", async () => {
  const collectionId = await newCollection(tenant.api);
  const { subject, template } = await enroll(tenant.api, { collectionId, image: photograph("john-young", "2.jpg") });
  const probe = photograph("john-young", "1.jpg");
  for (const id of [collectionId, subject.id, template.id, tenant.id]) {
    expect((await otherTenant.api.request<{ node: unknown }>(NODE, { id })).node, id).toBeNull();
  }
  expect(await otherTenant.api.request("query($id: ID!) { collection(id: $id) { id } }", { id: collectionId })).toEqual(
    {
      collection: null,
    },
  );
  const notFound = { __typename: "NotFound" };
  expect(await enroll(otherTenant.api, { collectionId, image: probe })).toMatchObject(notFound);
  expect(await identify(otherTenant.api, { collectionId, probe })).toMatchObject(notFound);
  expect(await verify(otherTenant.api, { probe, reference: { subjectId: subject.id } })).toMatchObject(notFound);
  const own = await newCollection(otherTenant.api);
  expect(await enroll(otherTenant.api, { collectionId: own, image: probe, subjectId: subject.id })).toMatchObject(
    notFound,
  );
  for (const [kind, id] of [
    ["deleteTemplate", template.id],
    ["deleteSubject", subject.id],
    ["deleteCollection", collectionId],
  ] as const) {
    expect((await otherTenant.api.request<{ deleted: Outcome }>(deletion(kind), { id })).deleted, kind).toMatchObject(
      notFound,
    );
  }
  const merge = await otherTenant.api.request<{ mergeSubjects: Outcome }>(MERGE, {
    input: { into: subject.id, from: subject.id },
  });
  expect(merge.mergeSubjects.__typename).not.toBe("SubjectsMerged");
  expect((await tenant.api.request<{ node: unknown }>(NODE, { id: subject.id })).node).toMatchObject({
    id: subject.id,
  });
});

test("a request without a key, with a wrong key or with an altered key is refused", async () => {
  const changed = `${tenant.key.slice(0, -1)}${tenant.key.endsWith("A") ? "B" : "A"}`;
  for (const key of [undefined, "", "nonsense", changed, otherTenant.key.slice(0, 40)]) {
    const { status, code } = await statusAndCode(createClient(worker.url, key), "{ viewer { scopes } }");
    expect({ status, code }, String(key)).toEqual({ status: 401, code: "UNAUTHENTICATED" });
  }
});

test("a key can do only what its scopes allow", async () => {
  const { secret } = await createKey({ name: "verify only", scopes: ["VERIFY"] });
  const api = createClient(worker.url, secret);
  expect(await api.request("{ viewer { tenant { id } scopes } }")).toEqual({
    viewer: { tenant: { id: tenant.id }, scopes: ["VERIFY"] },
  });
  const probe = photograph("john-young", "1.jpg");
  expect((await verify(api, { probe, reference: { image: probe } })).decision).toBe("MATCH");
  expect(await statusAndCode(api, CREATE_COLLECTION, { input: { name: "x" } })).toMatchObject({ code: "FORBIDDEN" });
  expect(await statusAndCode(api, "{ apiKeys { id } }")).toMatchObject({ code: "FORBIDDEN" });
});

test("an expired key and a revoked key are refused at once", async () => {
  const expired = await createKey({
    name: "expired",
    scopes: ["VERIFY"],
    expiresAt: new Date(Date.now() - 1000).toISOString(),
  }).catch(() => undefined);
  if (expired?.secret) {
    expect(await statusAndCode(createClient(worker.url, expired.secret), "{ viewer { scopes } }")).toMatchObject({
      code: "UNAUTHENTICATED",
    });
  }
  const soon = await createKey({
    name: "soon",
    scopes: ["VERIFY"],
    expiresAt: new Date(Date.now() + 1500).toISOString(),
  });
  const shortLived = createClient(worker.url, soon.secret);
  expect(await statusAndCode(shortLived, "{ viewer { scopes } }")).toMatchObject({ status: 200 });
  await new Promise((later) => setTimeout(later, 1600));
  expect(await statusAndCode(shortLived, "{ viewer { scopes } }")).toMatchObject({ code: "UNAUTHENTICATED" });

  const { apiKey, secret } = await createKey({ name: "to be revoked", scopes: ["VERIFY"] });
  const api = createClient(worker.url, secret);
  expect(await statusAndCode(api, "{ viewer { scopes } }")).toMatchObject({ status: 200 });
  expect(
    (await tenant.api.request<{ deleted: Outcome }>(deletion("revokeApiKey"), { id: apiKey.id })).deleted.__typename,
  ).toBe("Deleted");
  expect(await statusAndCode(api, "{ viewer { scopes } }")).toMatchObject({ code: "UNAUTHENTICATED" });
  expect(
    (await tenant.api.request<{ deleted: Outcome }>(deletion("revokeApiKey"), { id: apiKey.id })).deleted.__typename,
  ).toBe("NotFound");
});

test("keys are stored as hashes and listed with their prefix", async () => {
  const { secret } = await createKey({ name: "listed", scopes: ["ENROLL", "VERIFY"] });
  const { apiKeys } = await tenant.api.request<{ apiKeys: { name: string; prefix: string; scopes: string[] }[] }>(
    "{ apiKeys { id name prefix scopes createdAt expiresAt lastUsedAt } }",
  );
  const listed = apiKeys.find(({ name }) => name === "listed");
  expect(secret.startsWith(listed!.prefix)).toBe(true);
  expect(secret.length).toBeGreaterThan(listed!.prefix.length + 40);
  const rows = await worker.env.DB.prepare("select * from api_keys").all();
  expect(JSON.stringify(rows.results)).not.toContain(secret.slice(-43));
  expect((await createKey({ name: "listed", scopes: ["ENROLL"] })).__typename).toBe("Conflict");
});

test("every mutation that changes something writes one audit row for its key, and other operations write none", async () => {
  const count = async () =>
    (await worker.env.DB.prepare("select count(*) as n from audit where tenant_id = ?")
      .bind(otherTenant.id)
      .first<{ n: number }>())!.n;
  const start = await count();
  const collectionId = await newCollection(otherTenant.api);
  const { subject, template } = await enroll(otherTenant.api, {
    collectionId,
    image: photograph("john-young", "2.jpg"),
  });
  const update = "mutation($input: UpdateSubjectInput!) { updateSubject(input: $input) { __typename } }";
  await otherTenant.api.request(update, { input: { id: subject.id, name: "John" } });
  await otherTenant.api.request(deletion("deleteTemplate"), { id: template.id });
  await otherTenant.api.request(deletion("deleteSubject"), { id: subject.id });
  await otherTenant.api.request(deletion("deleteCollection"), { id: collectionId });
  expect((await count()) - start).toBe(6);
  await otherTenant.api.request("{ viewer { scopes } collections { totalCount } }");
  await verify(otherTenant.api, {
    probe: photograph("john-young", "2.jpg"),
    reference: { image: photograph("john-young", "2.jpg") },
  });
  expect((await count()) - start).toBe(6);
});

interface Listed {
  subjects: {
    totalCount: number;
    edges: { node: { name: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}

test("paging lists each collection and subject once, in order", async () => {
  const { api } = await worker.tenant();
  const collectionId = await newCollection(api);
  for (const name of ["a", "b", "c", "d", "e"])
    await enroll(api, { collectionId, image: photograph("john-young", "2.jpg"), name });
  const page = /* GraphQL */ `
    query Page($id: ID!, $after: String) {
      collection(id: $id) {
        subjectCount templateCount
        subjects(first: 2, after: $after) { totalCount edges { node { name } } pageInfo { hasNextPage endCursor } }
      }
    }`;
  const names: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { collection }: { collection: Listed } = await api.request(page, { id: collectionId, after });
    expect(collection).toMatchObject({ subjectCount: 5, templateCount: 5, subjects: { totalCount: 5 } });
    names.push(...collection.subjects.edges.map(({ node }) => node.name));
    ({ hasNextPage: more, endCursor: after } = collection.subjects.pageInfo);
  }
  expect(names).toEqual(["a", "b", "c", "d", "e"]);
});

test("an external id is unique in its collection", async () => {
  const collectionId = await newCollection(tenant.api);
  const image = photograph("john-young", "2.jpg");
  const one = await enroll(tenant.api, { collectionId, image, externalId: "one" });
  const two = await enroll(tenant.api, { collectionId, image, externalId: "two" });
  const again = await enroll(tenant.api, { collectionId, image, externalId: "one" });
  expect(again).toMatchObject({ created: false, subject: { id: one.subject.id } });
  const update =
    "mutation($input: UpdateSubjectInput!) { updateSubject(input: $input) { __typename ... on Problem { message } } }";
  expect(await tenant.api.request(update, { input: { id: two.subject.id, externalId: "one" } })).toMatchObject({
    updateSubject: { __typename: "Conflict" },
  });
  const elsewhere = await newCollection(tenant.api);
  expect(await enroll(tenant.api, { collectionId: elsewhere, image, externalId: "one" })).toMatchObject({
    created: true,
  });
});

test("malformed documents, unknown fields and wrong types are client errors with a code", async () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ["{ viewer { ", {}, "GRAPHQL_PARSE_FAILED"],
    ["{ nonsense }", {}, "GRAPHQL_VALIDATION_FAILED"],
    ["query($id: ID!) { node(id: $id) { id } }", {}, "BAD_USER_INPUT"],
    ["{ collections(first: 0) { totalCount } }", {}, "BAD_USER_INPUT"],
    [CREATE_COLLECTION, { input: { name: "" } }, "BAD_USER_INPUT"],
    ["{ __schema { types { name } } }", {}, "GRAPHQL_VALIDATION_FAILED"],
    [`{ ${Array.from({ length: 50 }, (_, i) => `a${i}: viewer { scopes }`).join(" ")} }`, {}, "TOO_MANY_ALIASES"],
    [`{ ${"viewer { tenant { id } } ".repeat(2000)} }`, {}, "TOO_MANY_TOKENS"],
  ];
  for (const [document, variables, code] of cases) {
    const { response, body } = await tenant.api.send(document, variables);
    expect(response.status, document.slice(0, 60)).toBeLessThan(500);
    expect(body.errors?.[0]?.extensions?.code, document.slice(0, 60)).toBe(code);
  }
});

test("a request with too many inferences is refused before any of them runs", async () => {
  const many = Array.from(
    { length: 8 },
    (_, i) => `v${i}: detect(image: {base64: "AAAA"}, maxFaces: 100) { __typename }`,
  ).join(" ");
  expect(await statusAndCode(tenant.api, `mutation { ${many} }`)).toMatchObject({ code: "QUERY_TOO_EXPENSIVE" });
});

test("web pages of listed origins can call the API, and others cannot", async () => {
  const listed = await startWorker({ vars: { ALLOWED_ORIGINS: "https://app.example https://two.example" } });
  try {
    const preflight = (origin: string) =>
      fetch(new URL("/graphql", listed.url), {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type",
        },
      });
    expect((await preflight("https://app.example")).headers.get("access-control-allow-origin")).toBe(
      "https://app.example",
    );
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).not.toBe(
      "https://evil.example",
    );
  } finally {
    await listed.close();
  }
});
