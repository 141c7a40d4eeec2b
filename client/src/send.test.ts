import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ClientOptions, createClient } from "./client.ts";
import { SemblanceError } from "./error.ts";
import { call, execute } from "./send.ts";

/** A real HTTP server whose responses a test decides, by the number of the request. */
let respond: (n: number, request: IncomingMessage, response: ServerResponse) => void;
let bodies: string[];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  bodies.push(Buffer.concat(chunks).toString("latin1"));
  respond(bodies.length, request, response);
});
beforeEach(async () => {
  bodies = [];
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((closed) => server.close(closed));
});

const client = (options: Partial<ClientOptions> = {}) =>
  createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, key: "smb_key", ...options });
const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
const failure = (code: string) => ({ errors: [{ message: `It failed: ${code}`, extensions: { code } }] });
const OK = { data: { answer: 42 } };

describe("retries", () => {
  test.each([
    [429, "RATE_LIMITED"],
    [503, "OVERLOADED"],
  ])(
    "a request refused with %i is repeated after the time in Retry-After, also if it is not repeatable",
    async (status, code) => {
      respond = (n, _, response) =>
        n === 1 ? json(response, status, failure(code), { "retry-after": "1" }) : json(response, 200, OK);
      const start = performance.now();
      expect(await execute(client(), "mutation { answer }", {})).toEqual({ answer: 42 });
      expect(performance.now() - start).toBeGreaterThanOrEqual(990);
      expect(bodies).toHaveLength(2);
    },
  );

  test("a repeatable request is repeated after a lost connection, with the same body", async () => {
    respond = (n, _, response) => (n < 3 ? response.destroy() : json(response, 200, OK));
    expect(await call(client(), "mutation { answer }", { input: { idempotencyKey: "a" } })).toEqual({ answer: 42 });
    expect(new Set(bodies).size).toBe(1);
    expect(bodies).toHaveLength(3);
  });

  test("a request that may not be repeated fails after a lost connection", async () => {
    respond = (_, __, response) => response.destroy();
    await expect(execute(client(), "mutation { answer }", {})).rejects.toMatchObject({ code: "NETWORK" });
    expect(bodies).toHaveLength(1);
  });

  test("the number of attempts is limited", async () => {
    respond = (_, __, response) => json(response, 429, failure("RATE_LIMITED"), { "retry-after": "0" });
    const error = await call(client({ retries: 2 }), "{ answer }", {}).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SemblanceError);
    expect(error).toMatchObject({ code: "RATE_LIMITED", status: 429, retryAfterMs: 0 });
    expect(bodies).toHaveLength(3);
  });

  test("an error of the request is not repeated, and has the code and the ID of the request", async () => {
    respond = (_, __, response) => json(response, 401, failure("UNAUTHENTICATED"), { "x-request-id": "r-1" });
    await expect(call(client(), "{ answer }", {})).rejects.toMatchObject({
      message: "It failed: UNAUTHENTICATED",
      code: "UNAUTHENTICATED",
      status: 401,
      requestId: "r-1",
    });
    expect(bodies).toHaveLength(1);
  });

  test("a response that is not GraphQL is an error that says so", async () => {
    respond = (_, __, response) => response.writeHead(200).end("<html>");
    await expect(call(client(), "{ answer }", {})).rejects.toMatchObject({ code: "BAD_RESPONSE", status: 200 });
  });
});

describe("time limits and cancellation", () => {
  test("an attempt without a response in time is a TIMEOUT", async () => {
    respond = () => {};
    const options = { timeoutMs: 100, retries: 1 };
    await expect(call(client(), "{ answer }", {}, options)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(bodies).toHaveLength(2);
  });

  test("an aborted call rejects with the reason of the signal, while it waits for a response or for the next attempt", async () => {
    const reason = new Error("The user left.");
    for (const answer of [
      () => {},
      (response: ServerResponse) => json(response, 503, failure("OVERLOADED"), { "retry-after": "60" }),
    ]) {
      const controller = new AbortController();
      respond = (_, __, response) => {
        answer(response);
        setTimeout(() => controller.abort(reason), 50);
      };
      await expect(call(client(), "{ answer }", {}, { signal: controller.signal })).rejects.toBe(reason);
    }
    await expect(call(client(), "{ answer }", {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("requests", () => {
  test("a key can be a function, and without a key there is no Authorization header", async () => {
    const seen: (string | undefined)[] = [];
    respond = (_, request, response) => {
      seen.push(request.headers.authorization);
      json(response, 200, OK);
    };
    await call(client({ key: async () => "smb_new" }), "{ answer }", {});
    await call(client({ key: undefined }), "{ answer }", {});
    expect(seen).toEqual(["Bearer smb_new", undefined]);
  });

  test("a key that cannot be read rejects with its own error, and nothing is sent", async () => {
    const failing = client({ key: () => Promise.reject(new Error("no session")) });
    await expect(call(failing, "{ answer }", {})).rejects.toThrow("no session");
    expect(bodies).toEqual([]);
  });

  test("files at any depth are sent by the multipart request specification", async () => {
    respond = (_, __, response) => json(response, 200, OK);
    const [blob, bytes] = [
      new File(["first file"], "a.jpg", { type: "image/jpeg" }),
      new TextEncoder().encode("second file"),
    ];
    await call(client(), "{ answer }", { a: { upload: blob }, list: [{ deep: { upload: bytes } }, null, 7] });
    const [body] = bodies;
    expect(body).toContain(
      '{"query":"{ answer }","variables":{"a":{"upload":null},"list":[{"deep":{"upload":null}},null,7]}}',
    );
    expect(body).toContain('{"0":["variables.a.upload"],"1":["variables.list.0.deep.upload"]}');
    expect(body).toMatch(/name="0"; filename="a.jpg"\r\nContent-Type: image\/jpeg\r\n\r\nfirst file\r\n/);
    expect(body).toMatch(/name="1"; filename="blob"[\s\S]*second file\r\n/);
  });
});
