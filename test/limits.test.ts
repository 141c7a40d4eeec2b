import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../workers/access/scopes.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;
let tenant: Awaited<ReturnType<RunningWorker["tenant"]>>;
let verifyOnly: string;

beforeAll(async () => {
  worker = await startWorker();
  tenant = await worker.tenant();
  verifyOnly = await keyWith("VERIFY");
});
afterAll(() => worker.close());

async function keyWith(...scopes: Scope[]): Promise<string> {
  const { createApiKey } = await tenant.api.request<{ createApiKey: { secret: string } }>(
    "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on ApiKeyCreated { secret } } }",
    { input: { name: scopes.join(" "), scopes } },
  );
  return createApiKey.secret;
}

interface Refused {
  status: number;
  code: string | undefined;
}

async function post(body: BodyInit, contentType: string, key = verifyOnly): Promise<Refused> {
  const response = await fetch(new URL("/graphql", worker.url), {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json",
      authorization: `Bearer ${key}`,
      "content-type": contentType,
    },
    body,
    signal: AbortSignal.timeout(20_000),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return { status: response.status, code: errors?.[0]?.extensions.code };
}

const postJson = (body: unknown, key?: string) => post(JSON.stringify(body), "application/json", key);

/** A multipart body. Parts whose names begin with a digit are files. */
function multipart(parts: [name: string, content: string][]): string {
  const written = parts.map(
    ([name, content]) =>
      `--x\r\nContent-Disposition: form-data; name="${name}"${/^\d/.test(name) ? '; filename="a"' : ""}\r\n\r\n${content}\r\n`,
  );
  return `${written.join("")}--x--\r\n`;
}
const MULTIPART = "multipart/form-data; boundary=x";

const expectAlive = async () =>
  expect(await tenant.api.request("{ viewer { scopes } }")).toEqual({ viewer: { scopes: ["ADMIN"] } });

describe("a small request cannot grow in memory", () => {
  const query = 'mutation($s: [Scope!]!) { createApiKey(input: { name: "x", scopes: $s }) { __typename } }';

  test("a path of a multipart request cannot lengthen a list", async () => {
    const operations = JSON.stringify({ query, variables: { s: [null] } });
    const body = multipart([
      ["operations", operations],
      ["map", '{"0":["variables.s.4294967294"]}'],
      ["0", "x"],
    ]);
    expect(await post(body, MULTIPART)).toEqual({ status: 400, code: "BAD_REQUEST" });
    await expectAlive();
  });

  test.each([
    ["a list of 500,000 wrong items", { query, variables: { s: Array(500_000).fill(1) } }],
    ["5,000,000 empty lists", { query, variables: { s: Array(5_000_000).fill([]) } }],
  ])("%s is refused before it is parsed", async (_, body) => {
    expect(await postJson(body)).toEqual({ status: 400, code: "BAD_REQUEST" });
    await expectAlive();
  });

  test("lists nested 10,000,000 deep are refused before they are parsed", async () => {
    expect(await post("[".repeat(10_000_000), "application/json")).toEqual({ status: 400, code: "BAD_REQUEST" });
    await expectAlive();
  });

  test("a multipart request with 300,000 parts is refused", async () => {
    const parts = Array.from({ length: 300_000 }, (_, i): [string, string] => [String(i), ""]);
    expect(await post(multipart(parts), MULTIPART)).toEqual({ status: 400, code: "BAD_REQUEST" });
    await expectAlive();
  });

  test("a document of 20 MB is refused and not cached", async () => {
    for (let i = 0; i < 3; i++) {
      const padded = `{ viewer { scopes } } #${i}${" ".repeat(20_000_000)}`;
      expect(await postJson({ query: padded })).toEqual({ status: 400, code: "QUERY_TOO_LONG" });
    }
    await expectAlive();
  });

  test("a chunked body that is too large gets 413", async () => {
    const chunk = new Uint8Array(1 << 20).fill(32);
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => (sent++ < 60 ? controller.enqueue(chunk) : controller.close()),
    });
    const response = await fetch(new URL("/graphql", worker.url), {
      method: "POST",
      headers: { authorization: `Bearer ${verifyOnly}`, "content-type": "application/json" },
      body,
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
    await expectAlive();
  });
});

describe("a client without a valid key", () => {
  /** The answer to a request of which only `head` is sent. */
  function answerTo(head: string): Promise<string> {
    const { hostname, port } = new URL(worker.url);
    return new Promise((answered, failed) => {
      const socket = connect(Number(port), hostname, () => socket.write(head));
      let text = "";
      socket.setTimeout(10_000, () => socket.destroy(new Error(`The answer is incomplete: ${JSON.stringify(text)}`)));
      socket.on("error", failed);
      socket.on("data", (chunk) => {
        text += chunk;
        if (text.includes("UNAUTHENTICATED")) {
          answered(text);
          socket.destroy();
        }
      });
    });
  }

  const head = (...headers: string[]) =>
    ["POST /graphql HTTP/1.1", "Host: localhost", "Content-Type: application/json", ...headers, "", ""].join("\r\n");

  test.each([
    ["no key", []],
    ["a wrong key", ["Authorization: Bearer smb_wrong"]],
  ])("with %s gets the answer before it sends a body", async (_, headers) => {
    expect(await answerTo(head(...headers, "Content-Length: 24000000"))).toMatch(/^HTTP\/1.1 401 /);
    expect(await answerTo(head(...headers, "Transfer-Encoding: chunked"))).toMatch(/^HTTP\/1.1 401 /);
  });

  test("that sends 24 MB gets an answer, and so does the next request", async () => {
    for (let i = 0; i < 3; i++) {
      expect(await post("x".repeat(24_000_000), "application/json", "smb_wrong")).toEqual({
        status: 401,
        code: "UNAUTHENTICATED",
      });
    }
    await expectAlive();
  });
});

test("a key without the scope is refused before the variables are checked", async () => {
  const query = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename } }";
  expect(await postJson({ query, variables: { input: { scopes: [1, 2] } } })).toEqual({
    status: 403,
    code: "FORBIDDEN",
  });
});
