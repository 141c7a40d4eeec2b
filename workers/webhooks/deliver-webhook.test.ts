import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "../jobs/jobs.ts";
import { deliverWebhook } from "./deliver-webhook.ts";

let receiver: Server;
let port: number;
/** The status of the response, by path. */
const STATUSES: Record<string, number> = { "/good": 204, "/broken": 500, "/moved": 302, "/gone": 410 };
const calls: string[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    calls.push(request.url ?? "");
    response.writeHead(STATUSES[request.url ?? ""] ?? 404, { location: "/good" }).end();
  });
  await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
  ({ port } = receiver.address() as AddressInfo);
});
afterAll(() => new Promise((closed) => receiver.close(closed)));

const deliver = (webhook: string, limitMs = 5_000) =>
  deliverWebhook({ id: "job", tenantId: "tenant", kind: "optimizeStyle", state: "SUCCEEDED", webhook } as Job, {
    rules: { allowLoopback: true },
    fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(limitMs) }),
    clock: () => Date.now(),
    secretOf: async () => `whsec_${Buffer.alloc(32).toString("base64")}`,
    resultOf: async () => null,
  });

test.each<[string, string, object]>([
  ["2xx", "/good", { kind: "delivered" }],
  [
    "500",
    "/broken",
    { kind: "failed", failure: { cause: "status", status: 500 }, message: expect.stringMatching(/500/) },
  ],
  [
    "a redirect, which is not followed",
    "/moved",
    { kind: "failed", failure: { cause: "status", status: 302 }, message: expect.stringMatching(/302.*final URL/) },
  ],
  [
    "410",
    "/gone",
    { kind: "refused", failure: { cause: "status", status: 410 }, message: expect.stringMatching(/410/) },
  ],
])("a webhook that responds with %s", async (_, path, expected) => {
  calls.splice(0);
  expect(await deliver(`http://127.0.0.1:${port}${path}`)).toEqual(expected);
  expect(calls).toEqual([path]);
});

test("a webhook that refuses the connection", async () => {
  const closed = createServer();
  await new Promise<void>((listening) => closed.listen(0, "127.0.0.1", listening));
  const { port: closedPort } = closed.address() as AddressInfo;
  await new Promise((end) => closed.close(end));
  expect(await deliver(`http://127.0.0.1:${closedPort}/`)).toMatchObject({
    kind: "failed",
    failure: { cause: "connection" },
    message: expect.stringMatching(/could not be reached/),
  });
});

test("a webhook that does not respond in time", async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
  const { port: silentPort } = silent.address() as AddressInfo;
  expect(await deliver(`http://127.0.0.1:${silentPort}/`, 200)).toMatchObject({
    kind: "failed",
    failure: { cause: "timeout" },
    message: expect.stringMatching(/did not respond within 15 seconds/),
  });
  silent.closeAllConnections();
  await new Promise((end) => silent.close(end));
});

test.each([
  ["https://10.0.0.1/", "is not on the public internet"],
  ["http://example.com/", "must begin with https://"],
])("a webhook that must not be called: %s", async (webhook, problem) => {
  expect(await deliver(webhook)).toEqual({
    kind: "refused",
    failure: { cause: "address" },
    message: `The webhook was not called: its address ${problem}.`,
  });
});
