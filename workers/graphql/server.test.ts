import { serverAudits } from "graphql-http";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, startLocalServer } from "../../test/support/local-server.ts";
import { SCOPES, type Scope } from "../access/scopes.ts";
import { end } from "../jobs/transitions.ts";
import { newId } from "../platform/ids.ts";
import { MAX_BODY_BYTES } from "./body.ts";
import type { JobDeps, RequestDeps } from "./context.ts";
import { MAX_FIELD_BYTES } from "./multipart.ts";
import { SMALL_BODY_BYTES } from "./read-body.ts";
import type { GraphQLServer } from "./server.ts";

const local = await startLocalServer();
const { admin, requestDeps, jobDeps, keyWith, waitUntil, logged, newTenant, post, ask, server, serverWith } = local;
afterAll(() => local.close());
beforeEach(async () => {
  await local.finishBackgroundWork();
  logged.splice(0);
});

/** Creates a job of this tenant that no service runs, and returns its ID. */
async function newJob(tenantId: string): Promise<string> {
  const id = newId("job");
  const now = new Date();
  const job = { tenantId, id, kind: "trainStyle", work: {}, webhook: null, createdAt: now, deadlineAt: now } as const;
  await jobDeps().jobs.create(job, 100, { tenantId, keyId: null });
  return id;
}

describe("GraphQL over HTTP, as its working group audits it", () => {
  const audits = serverAudits({
    url: "http://localhost/graphql",
    fetchFn: (url: string, init: RequestInit = {}) =>
      serverWith({ development: true }).fetch(
        new Request(url, {
          ...init,
          headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${admin}` },
        }),
        requestDeps(),
      ),
  });
  test.each(audits.map(({ id, name, fn }) => [`${id} ${name}`, fn] as const))("%s", async (_, audit) => {
    expect(await audit()).toMatchObject({ status: "ok" });
  });
});

describe("access", () => {
  test("a request without a valid key is refused and learns nothing about the schema", async () => {
    for (const query of ["{ viewer { scopes } }", "{ nonsense }", "{ nonsense"]) {
      const { status, code, headers } = await ask(query, {}, "smb_wrong");
      expect({ status, code }).toEqual({ status: 401, code: "UNAUTHENTICATED" });
      expect(headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  test("each field is allowed for exactly its scopes", async () => {
    const fields: [string, Scope[]][] = [
      ["{ collections { totalCount } }", ["MANAGE", "ENROLL"]],
      ["{ apiKeys { id } }", []],
      ['mutation { revokeApiKey(id: "x") { __typename } }', []],
      ['mutation { deleteSubject(id: "x") { __typename } }', ["MANAGE"]],
      ['mutation { detect(image: { base64: "AAAA" }) { __typename } }', ["ENROLL", "VERIFY", "IDENTIFY"]],
      ['mutation { identify(input: { collectionId: "x", probe: { base64: "AAAA" } }) { __typename } }', ["IDENTIFY"]],
      ["{ viewer { scopes } }", [...SCOPES]],
    ];
    for (const scope of SCOPES) {
      const key = await keyWith(scope);
      for (const [query, open] of fields) {
        const isAllowed = scope === "ADMIN" || open.includes(scope);
        expect((await ask(query, {}, key)).code, `${scope}: ${query}`).toBe(isAllowed ? undefined : "FORBIDDEN");
      }
    }
  });

  test("a key with the scope ENROLL can read collections, but not their subjects", async () => {
    await ask('mutation { createCollection(input: { name: "seen" }) { __typename } }');
    const key = await keyWith("ENROLL");
    expect((await ask("{ collections { edges { node { name } } } }", {}, key)).code).toBeUndefined();
    const { code } = await ask("{ collections { edges { node { subjects { totalCount } } } } }", {}, key);
    expect(code).toBe("FORBIDDEN");
  });

  test("node returns the objects that the key can read through other fields, and null for others", async () => {
    const { viewer, apiKeys } = (await ask("{ viewer { tenant { id } } apiKeys { id } }")).data;
    const create =
      'mutation { createCollection(input: { name: "nodes" }) { ... on CollectionCreated { collection { id } } } }';
    const collectionId = (await ask(create)).data.createCollection.collection.id;
    const jobId = await newJob(viewer.tenant.id);
    const readable: [string, string, Scope[]][] = [
      ["Tenant", viewer.tenant.id, [...SCOPES]],
      ["ApiKey", apiKeys[0].id, ["ADMIN"]],
      ["Collection", collectionId, ["ENROLL", "MANAGE", "ADMIN"]],
      ["Job", jobId, ["STYLIZE", "ADMIN"]],
    ];
    for (const scope of SCOPES) {
      const key = await keyWith(scope);
      for (const [typename, id, scopes] of readable) {
        const { data, code } = await ask("query($id: ID!) { node(id: $id) { __typename id } }", { id }, key);
        expect({ data, code }, `${scope}: ${typename}`).toEqual({
          data: { node: scopes.includes(scope) ? { __typename: typename, id } : null },
          code: undefined,
        });
      }
    }
  });

  test("a collection of another tenant is not found", async () => {
    const create =
      'mutation { createCollection(input: { name: "ours" }) { ... on CollectionCreated { collection { id } } } }';
    const { id } = (await ask(create)).data.createCollection.collection;
    const theirs = await newTenant("they");
    const query = "query($id: ID!) { collection(id: $id) { id } node(id: $id) { id } }";
    expect((await ask(query, { id })).data).toEqual({ collection: { id }, node: { id } });
    expect((await ask(query, { id }, theirs)).data).toEqual({ collection: null, node: null });
  });
});

describe("requests that are refused before execution", () => {
  const nested = (depth: number): string =>
    depth === 0 ? "id" : `collection { subjects { edges { node { ${nested(depth - 1)} } } } }`;
  const inferences = (n: number) =>
    Array.from({ length: n }, (_, i) => `a${i}: detect(image: { base64: "AAAA" }, maxFaces: 1) { __typename }`).join(
      " ",
    );

  test.each([
    ["{ viewer { ", "GRAPHQL_PARSE_FAILED"],
    ["{ nonsense }", "GRAPHQL_VALIDATION_FAILED"],
    ["{ __schema { types { name } } }", "GRAPHQL_VALIDATION_FAILED"],
    [`{ node(id: "x") { ... on Subject { ${nested(3)} } } }`, "QUERY_TOO_DEEP"],
    [`{ ${Array.from({ length: 16 }, (_, i) => `a${i}: models { id }`).join(" ")} }`, "TOO_MANY_ALIASES"],
    [`{ ${"models { id } ".repeat(300)} }`, "TOO_MANY_TOKENS"],
    [`mutation { ${inferences(5)} }`, "QUERY_TOO_EXPENSIVE"],
    [
      "{ collections(first: 100) { edges { node { subjects(first: 100) { edges { node { id } } } } } } }",
      "QUERY_TOO_EXPENSIVE",
    ],
    ["query A { models { id } } query B { models { id } }", "OPERATION_RESOLUTION_FAILURE"],
    ["query($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"],
    ['mutation { detect(image: { url: "https://" }) { __typename } }', "GRAPHQL_VALIDATION_FAILED"],
    [
      'mutation { detect(image: { base64: "AAAA", url: "https://example.com/" }) { __typename } }',
      "GRAPHQL_VALIDATION_FAILED",
    ],
  ])("%.60s", async (query, expected) => {
    const { code, data } = await ask(query);
    expect(code).toBe(expected);
    expect(data).toBeUndefined();
  });

  test("four inferences in one request are allowed", async () => {
    expect((await ask(`mutation { ${inferences(4)} }`)).code).toBeUndefined();
  });

  test("an enrollment that searches for lookalikes costs more, and so do the fields of each of the five lookalikes", async () => {
    const enrollments = (n: number, input: string, selection: string) => {
      const one = (i: number) =>
        `a${i}: enroll(input: { collectionId: "x", image: { base64: "AAAA" } ${input} }) { ... on Enrolled { ${selection} } }`;
      return ask(`mutation { ${Array.from({ length: n }, (_, i) => one(i)).join(" ")} }`);
    };
    const wide = `lookalikes { distance fpir subject {
      id name externalId createdAt
      collection { id name modelId subjectCount templateCount createdAt calibration { source genuinePairs impostorPairs } }
      templates { edges { node { id modelId quality createdAt } } }
    } }`;
    expect((await enrollments(4, "", "created")).code).toBeUndefined();
    expect((await enrollments(4, "refuseLookalikes: true", "created")).code).toBe("QUERY_TOO_EXPENSIVE");
    expect((await enrollments(4, "", "lookalikes { distance }")).code).toBe("QUERY_TOO_EXPENSIVE");
    expect((await enrollments(3, "", "lookalikes { distance }")).code).toBeUndefined();
    expect((await enrollments(3, "", wide)).code).toBe("QUERY_TOO_EXPENSIVE");
  });

  test("fragments that spread each other do not bypass the limit", async () => {
    const fragments = Array.from(
      { length: 14 },
      (_, i) =>
        `fragment F${i} on Query { ${i === 13 ? "collections(first: 1) { totalCount }" : `...F${i + 1} ... on Query { ...F${i + 1} }`} }`,
    );
    expect((await ask(`{ ...F0 } ${fragments.join(" ")}`)).code).toBe("QUERY_TOO_EXPENSIVE");
  });

  test("a null variable for a non-null argument does not bypass the limit", async () => {
    const query = `mutation($id: ID = "x") { deleteCollection(id: $id) { __typename } ${inferences(5)} }`;
    expect((await ask(query, { id: null })).data).toBeUndefined();
  });

  test("a picture must be given in exactly one way, also in variables", async () => {
    const query = "mutation($image: ImageInput!) { detect(image: $image) { __typename } }";
    for (const image of [{}, { base64: null }, { base64: "AAAA", url: "https://example.com/" }]) {
      expect((await ask(query, { image })).code).toBe("BAD_USER_INPUT");
    }
  });

  test("an error message does not repeat a large variable", async () => {
    const image = { base64: "A".repeat(100_000), nonsense: 1 };
    const { errors } = await ask("mutation($image: ImageInput!) { detect(image: $image) { __typename } }", { image });
    expect(errors?.[0]?.message.length).toBeLessThan(600);
  });

  test("text is measured in characters and must be valid Unicode", async () => {
    const create =
      "mutation($input: CreateCollectionInput!) { createCollection(input: $input) { ... on CollectionCreated { collection { name } } } }";
    const nameOf = async (name: string) => {
      const { data, code } = await ask(create, { input: { name } });
      return code ?? data.createCollection.collection.name;
    };
    expect(await nameOf("🙂".repeat(200))).toBe("🙂".repeat(200));
    expect(await nameOf("🙂".repeat(201))).toBe("BAD_USER_INPUT");
    expect(await nameOf("a\ud83d")).toBe("BAD_USER_INPUT");
    expect(await nameOf("\ude42a")).toBe("BAD_USER_INPUT");
    expect(await nameOf("Ame\u0301lie")).toBe("Am\u00e9lie");
  });

  test("an ID that is too long or invalid is BAD_USER_INPUT in every argument", async () => {
    const long = "x".repeat(3_000_000);
    for (const [query, argument] of [
      ["query($id: ID!) { collection(id: $id) { id } }", "id"],
      ["query($id: ID!) { node(id: $id) { id } }", "id"],
      ["query($id: ID!) { job(id: $id) { id } }", "id"],
      ["mutation($id: ID!) { deleteSubject(id: $id) { __typename } }", "id"],
      ["mutation($id: ID!) { revokeApiKey(id: $id) { __typename } }", "id"],
      [
        'mutation($id: ID!) { verify(input: { probe: { base64: "AAAA" }, reference: { subjectId: $id } }) { __typename } }',
        "input.reference.subjectId",
      ],
      [
        'mutation($id: ID!) { optimizeStyle(input: { content: { base64: "AAAA" }, styles: [{ source: { styleId: $id } }] }) { __typename } }',
        "input.styles[0].source.styleId",
      ],
    ] as const) {
      for (const id of [long, "col_\ud800"]) {
        const { code, errors } = await ask(query, { id });
        expect(code, query).toBe("BAD_USER_INPUT");
        expect(errors?.[0]?.message).toContain(`The argument ${argument} is not valid.`);
      }
    }
  });

  test("a seed can have its whole range", async () => {
    const query =
      'mutation($seed: SafeInt) { optimizeStyle(input: { content: { base64: "AAAA" }, styles: [{ source: { styleId: "x" } }], seed: $seed }) { __typename } }';
    expect((await ask(query, { seed: 2 ** 32 - 1 })).code).toBeUndefined();
    for (const seed of [2 ** 32, -1, 0.5]) expect((await ask(query, { seed })).code).toBe("BAD_USER_INPUT");
  });

  test("an error about an argument out of range names the argument", async () => {
    const create = "mutation($input: CreateCollectionInput!) { createCollection(input: $input) { __typename } }";
    for (const input of [{ name: " " }, { name: "x".repeat(201) }, { name: "x", idempotencyKey: "" }]) {
      expect(await ask(create, { input })).toMatchObject({ code: "BAD_USER_INPUT", data: null });
    }
    const identify = "mutation($input: IdentifyInput!) { identify(input: $input) { __typename } }";
    for (const [name, value] of [
      ["targetFpir", 0],
      ["targetFpir", 1],
      ["maxCandidates", 0],
      ["maxFaces", 101],
    ] as const) {
      const { errors, code } = await ask(identify, {
        input: { collectionId: "x", probe: { base64: "AAAA" }, [name]: value },
      });
      expect(code).toBe("BAD_USER_INPUT");
      expect(errors?.[0]?.message).toContain(`input.${name}`);
    }
  });
});

describe("over HTTP", () => {
  test("a body that is too large is refused by its Content-Length and by its actual size", async () => {
    const declared = await post("{}", { "content-length": String(MAX_BODY_BYTES + 1) });
    expect(declared.status).toBe(413);
    const CHUNK = 1 << 20;
    for (const [type, beginning] of [
      ["application/json", ""],
      [
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--\r\n',
      ],
    ] as const) {
      let sent = 0;
      const endless = new ReadableStream({
        type: "bytes",
        start: (controller) => {
          if (beginning) controller.enqueue(new TextEncoder().encode(beginning));
        },
        pull: (controller) => {
          sent += CHUNK;
          controller.enqueue(new Uint8Array(CHUNK).fill(32));
        },
      });
      const counted = await post(endless, { "content-type": type });
      expect(counted.status).toBe(413);
      expect(await counted.json()).toMatchObject({ errors: [{ extensions: { code: "REQUEST_ENTITY_TOO_LARGE" } }] });
      // The rest of the body is discarded up to a limit, so that the client can read the response.
      expect(sent).toBeLessThan(3 * MAX_BODY_BYTES + 4 * CHUNK);
    }
  });

  describe("a large request", () => {
    const large = (query: string) => JSON.stringify({ query, variables: { large: "x".repeat(SMALL_BODY_BYTES) } });
    const lengthOf = (text: string) => ({ "content-length": String(text.length) });

    test("is refused without reading it if others use the memory; a small one is accepted", async () => {
      const full = serverWith({ bodySemaphore: { take: async () => undefined } });
      let read = 0;
      const text = large("{ viewer { scopes } }");
      const stream = new ReadableStream({
        type: "bytes",
        pull(controller) {
          read++;
          controller.enqueue(new TextEncoder().encode(text));
          controller.close();
        },
      });
      const refused = await post(stream, lengthOf(text), full);
      expect(read).toBe(0);
      expect(refused.status).toBe(503);
      expect(refused.headers.get("retry-after")).toBe("10");
      expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "OVERLOADED" } }] });
      expect((await ask("{ viewer { scopes } }", {}, admin, full)).status).toBe(200);
    });

    test.each(["{ viewer { scopes } }", "{ nonsense }"])("holds its memory until the response: %s", async (query) => {
      const events: string[] = [];
      const counting = serverWith({
        bodySemaphore: {
          take: async (_, amount) => {
            events.push(amount >= SMALL_BODY_BYTES ? "taken" : `taken: ${amount}`);
            return { renew: () => {}, release: () => void events.push("released") };
          },
        },
        log: () => void events.push("answered"),
      });
      await post(large(query), lengthOf(large(query)), counting);
      await local.finishBackgroundWork();
      expect(events).toEqual(["taken", "released", "answered"]);
    });
  });

  test.each([
    ["application/json", "nonsense"],
    ["application/json", "[]"],
    ["application/json", '[{"query": "{ models { id } }"}]'],
    ["multipart/form-data; boundary=x", "nonsense"],
    [
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n[1]\r\n--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0": 5}\r\n--x--\r\n',
    ],
    ["multipart/form-data", "--x--\r\n"],
    ["multipart/form-data; boundary=x", ""],
    ["multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{}'],
    [`multipart/form-data; boundary=${"x".repeat(71)}`, `--${"x".repeat(71)}--\r\n`],
    ["application/x-www-form-urlencoded", "query=%7Bmodels%7Bid%7D%7D&variables=%7B"],
  ])("a malformed body of %s is BAD_REQUEST: %s", async (type, body) => {
    const response = await post(body, { "content-type": type });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
  });

  test("responses forbid caching and content sniffing", async () => {
    for (const { headers } of [
      await ask("{ viewer { scopes } }"),
      await ask("{ viewer { scopes } }", {}, "smb_wrong"),
    ]) {
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test.each(["text/plain", "image/jpeg"])("a body of %s is refused with UNSUPPORTED_MEDIA_TYPE", async (type) => {
    const response = await post("{}", { "content-type": type });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNSUPPORTED_MEDIA_TYPE" } }] });
  });

  test("the media type is case-insensitive", async () => {
    const response = await post('{"query":"{ models { id } }"}', { "content-type": "Application/JSON; Charset=UTF-8" });
    expect(response.status).toBe(200);
  });

  test("a mutation by GET is refused, a query by GET is allowed", async () => {
    const get = (query: string) =>
      server.fetch(
        new Request(`http://localhost/graphql?query=${encodeURIComponent(query)}`, {
          headers: { authorization: `Bearer ${admin}` },
        }),
        requestDeps(),
      );
    expect((await get("{ models { id } }")).status).toBe(200);
    expect((await get('mutation { revokeApiKey(id: "x") { __typename } }')).status).toBe(405);
  });

  test.each([
    ["to nothing", ["variables.other"]],
    ["to a value that is not null", ["query"]],
    ["past the end of a list", ["variables.list.1"]],
    ["past the maximum length of a list", ["variables.list.4294967294"]],
    ["to the length of a list", ["variables.list.length"]],
    ["to a prototype", ["__proto__.polluted"]],
    ["twice to the same place", ["variables.file", "variables.file"]],
  ])("a path of map that points %s is refused", async (_, paths) => {
    const form = new FormData();
    const query = "query($file: Upload!) { detect(image: { upload: $file }) { __typename } }";
    form.set("operations", JSON.stringify({ query, variables: { file: null, list: [null] } }));
    form.set("map", JSON.stringify({ 0: paths }));
    form.set("0", new Blob(["no picture"]), "a.jpg");
    const encoded = new Response(form);
    const response = await post(await encoded.arrayBuffer(), { "content-type": encoded.headers.get("content-type")! });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
  });

  test("a file is uploaded by the multipart request specification, in chunks of any size", async () => {
    const form = new FormData();
    const query = "mutation($file: Upload!) { detect(image: { upload: $file }) { ... on BadImage { reason } } }";
    form.set("operations", JSON.stringify({ query, variables: { file: null } }));
    form.set("map", JSON.stringify({ 0: ["variables.file"] }));
    form.set("0", new Blob(["no picture"]), "a.jpg");
    const encoded = new Response(form);
    const bytes = await encoded.bytes();
    const chunksOf = (length: number) => {
      let at = 0;
      return new ReadableStream({
        type: "bytes",
        pull(controller) {
          if (at >= bytes.length) {
            controller.close();
            controller.byobRequest?.respond(0);
            return;
          }
          controller.enqueue(bytes.slice(at, at + length));
          at += length;
        },
      });
    };
    for (const body of [bytes, chunksOf(1), chunksOf(50)]) {
      const response = await post(body, { "content-type": encoded.headers.get("content-type")! });
      expect(await response.json()).toEqual({ data: { detect: { reason: "UNSUPPORTED_FORMAT" } } });
    }
  });

  test("a large value of a multipart request must be a file", async () => {
    const form = new FormData();
    form.set(
      "operations",
      JSON.stringify({ query: "{ models { id } }", variables: { x: "x".repeat(MAX_FIELD_BYTES) } }),
    );
    const encoded = new Response(form);
    const response = await post(await encoded.arrayBuffer(), { "content-type": encoded.headers.get("content-type")! });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("Send pictures as files.");
  });

  test("browsers can call from the listed origins only", async () => {
    const open = serverWith({ allowedOrigins: ["https://one.example", "https://two.example"] });
    const preflight = (to: GraphQLServer, origin: string) =>
      to.fetch(
        new Request("http://localhost/graphql", {
          method: "OPTIONS",
          headers: { origin, "access-control-request-method": "POST" },
        }),
        requestDeps(),
      );
    for (const origin of ["https://one.example", "https://two.example"]) {
      const { headers } = await preflight(open, origin);
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("vary")).toContain("Origin");
    }
    expect((await preflight(open, "https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
    expect((await preflight(server, "https://one.example")).headers.get("access-control-allow-origin")).toBeNull();
  });

  test("GraphiQL and introspection are available in development only", async () => {
    const graphiql = async () => "<title>GraphiQL</title>";
    const page = (to: GraphQLServer) =>
      to.fetch(new Request("http://localhost/graphql", { headers: { accept: "text/html" } }), requestDeps());
    const development = serverWith({ development: true, graphiql });
    expect(await (await page(development)).text()).toContain("GraphiQL");
    expect((await ask("{ __schema { queryType { name } } }", {}, admin, development)).code).toBeUndefined();
    expect(await (await page(serverWith({ graphiql }))).text()).not.toContain("GraphiQL");
  });

  test("Server-Timing has all stages if the clock advances during computation, otherwise only those that wait", async () => {
    const query = 'mutation { detect(image: { base64: "AAAA" }) { __typename } }';
    const timing = async (clockRuns: boolean) =>
      (await ask(query, {}, admin, serverWith({ clockRuns: () => clockRuns }))).headers.get("server-timing");
    expect(await timing(true)).toMatch(/^decode;dur=[\d.]+, total;dur=[\d.]+$/);
    expect(await timing(false)).toBeNull();
  });
});

describe("an internal error", () => {
  const galleryFor = () => {
    throw new Error("the secret reason");
  };
  const request = (query: string) =>
    new Request("http://localhost/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${admin}` },
      body: JSON.stringify({ query }),
    });

  test("is masked, and the log has its cause with the request ID", async () => {
    const response = await server.fetch(request("{ viewer { scopes } }"), { db: local.db, galleryFor, waitUntil });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toContain("secret reason");
    const { code, requestId } = (JSON.parse(text) as Answer).errors![0]!.extensions;
    expect(code).toBe("INTERNAL");
    expect(response.headers.get("x-request-id")).toBe(requestId);
    const failure = logged.find(({ event }) => event === "request.failed");
    expect(failure).toMatchObject({ requestId, error: new Error("the secret reason") });
  });

  test("in one field does not affect other fields", async () => {
    const failingGallery: RequestDeps["galleryFor"] = (actor) => ({
      ...requestDeps().galleryFor(actor),
      collection: () => Promise.reject(new Error("the secret reason")),
    });
    const query = '{ collection(id: "x") { id } viewer { scopes } }';
    const response = await server.fetch(request(query), { db: local.db, galleryFor: failingGallery, waitUntil });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      data: { collection: null, viewer: { scopes: ["ADMIN"] } },
      errors: [{ path: ["collection"], extensions: { code: "INTERNAL" } }],
    });
  });
});

test("after the client has disconnected, no more is read from the gallery", async () => {
  await ask('mutation { createCollection(input: { name: "disconnected" }) { __typename } }');
  await local.finishBackgroundWork();
  logged.splice(0);
  const client = new AbortController();
  const done: string[] = [];
  const galleryFor: RequestDeps["galleryFor"] = (actor) => {
    const real = requestDeps().galleryFor(actor);
    const then = async <T>(found: Promise<T>) => {
      const value = await found;
      client.abort();
      return value;
    };
    return {
      ...real,
      collections: (page) => then(real.collections(page)),
      collection: (id) => then(real.collection(id)),
      subjects: (id, page) => {
        done.push("subjects");
        return real.subjects(id, page);
      },
    };
  };
  const query = "{ collections { edges { node { subjects { edges { cursor } } } } } }";
  const request = new Request("http://localhost/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${admin}` },
    body: JSON.stringify({ query }),
    signal: client.signal,
  });
  await server.fetch(request, { db: local.db, galleryFor, waitUntil }).catch(() => undefined);
  await local.finishBackgroundWork();
  expect(client.signal.aborted).toBe(true);
  expect(done).toEqual([]);
  expect(logged.filter(({ event }) => event === "request.failed")).toEqual([]);
});

test("a request writes one log line with its caller, fields and outcome, and without its content", async () => {
  await ask("query Mine($id: ID!) { node(id: $id) { id } viewer { scopes } }", { id: "private-id" });
  // The response does not wait for the console.
  expect(logged).toEqual([]);
  await local.finishBackgroundWork();
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatchObject({ event: "request", operation: "node viewer", outcome: "ok" });
  expect(JSON.stringify(logged)).not.toContain("private-id");
  expect(JSON.stringify(logged)).not.toContain(admin.slice(-43));
});

test("the last use of a key is the last change that it made", async () => {
  const key = await keyWith("ADMIN");
  const mine = async () => {
    const { data } = await ask("{ apiKeys { prefix lastUsedAt } }");
    return data.apiKeys.find(({ prefix }: { prefix: string }) => key.startsWith(prefix)).lastUsedAt;
  };
  await ask("{ viewer { scopes } }", {}, key);
  expect(await mine()).toBeNull();
  await ask('mutation { createCollection(input: { name: "x" }) { __typename } }', {}, key);
  expect(Date.parse(await mine())).toBeGreaterThan(Date.now() - 60_000);
});

describe("a subscription", () => {
  /** Creates a job and subscribes to it, on a server with these dependencies. */
  async function subscribe(deps: Partial<JobDeps> = {}) {
    const { viewer } = (await ask("{ viewer { tenant { id } } }")).data;
    const tenantId: string = viewer.tenant.id;
    const at = { tenantId, jobId: await newJob(tenantId) };
    const query = "subscription($id: ID!) { jobUpdated(id: $id) { id state } }";
    const response = await post(
      JSON.stringify({ query, variables: { id: at.jobId } }),
      { accept: "text/event-stream" },
      serverWith({ jobs: { ...jobDeps(), ...deps } }),
    );
    return { at, response };
  }

  test("writes one log line when it starts, and ends when its job ends", async () => {
    const { at, response } = await subscribe();
    await jobDeps().jobs.change(at, (job) => end(job, "CANCELED", Date.now()));
    expect(await response.text()).toMatch(/"state":"CANCELED".*event: complete/s);
    await local.finishBackgroundWork();
    expect(logged.at(-1)).toMatchObject({ event: "request", operation: "jobUpdated", outcome: "ok" });
  });

  test("masks an internal error", async () => {
    const { jobs } = jobDeps();
    let reads = 0;
    const find: typeof jobs.find = (at) =>
      ++reads > 2 ? Promise.reject(new Error("the secret reason")) : jobs.find(at);
    const { response } = await subscribe({ jobs: { ...jobs, find } });
    const events = await response.text();
    expect(events).toContain('"state":"QUEUED"');
    expect(events).toContain('"code":"INTERNAL"');
    expect(events).not.toContain("secret");
    expect(logged.find(({ event }) => event === "request.failed")).toMatchObject({
      error: new Error("the secret reason"),
    });
  });

  test("stops reading when the client has disconnected", async () => {
    const { jobs } = jobDeps();
    let reads = 0;
    const find: typeof jobs.find = (at) => {
      reads++;
      return jobs.find(at);
    };
    const { response } = await subscribe({ jobs: { ...jobs, find } });
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await new Promise((later) => setTimeout(later, 100));
    const before = reads;
    await new Promise((later) => setTimeout(later, 100));
    expect(reads).toBe(before);
  });
});
