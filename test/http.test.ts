import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker();
});
afterAll(() => worker.close());

const get = (path: string, init?: RequestInit) => fetch(new URL(path, worker.url), init);

test("the home page says what this is, shows the status and links to the endpoints", async () => {
  const response = await get("/");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/html");
  const page = await response.text();
  expect(page).toContain("Face verification");
  expect(page.match(/: yes<\/li>/g)).toHaveLength(3);
  for (const path of ["/graphql", "/readyz", "/healthz", "/.well-known/jwks.json"]) expect(page).toContain(path);
});

test("each link of the home page leads somewhere", async () => {
  const page = await (await get("/")).text();
  expect((await get("/favicon.svg")).headers.get("content-type")).toBe("image/svg+xml");
  const paths = [...page.matchAll(/href="([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(paths.length).toBeGreaterThanOrEqual(3);
  for (const path of paths) {
    const { status } = await get(path, { headers: { accept: "text/html,application/json" } });
    expect([path, status]).toEqual([path, 200]);
  }
});

test("an unknown path gets 404 and the path of the endpoint", async () => {
  const response = await get("/graph");
  expect([response.status, await response.json()]).toEqual([
    404,
    { error: "Not found. The GraphQL endpoint is /graphql." },
  ]);
});

test.each(["/", "/graph", "/healthz", "/images/forged", "/jobs/job_00000000000000000000000000/reports"])(
  "%s has security headers",
  async (path) => {
    const { headers } = await get(path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  },
);

test("HEAD answers as GET does, without a body", async () => {
  for (const path of ["/", "/healthz"]) {
    const response = await get(path, { method: "HEAD" });
    expect([path, response.status, await response.text()]).toEqual([path, 200, ""]);
  }
});

test.each([
  ["GET", "/jobs/job_00000000000000000000000000/reports", "POST"],
  ["POST", "/jobs/job_00000000000000000000000000/reports/result", "PUT"],
  ["POST", "/images/forged", "GET, HEAD"],
])("%s %s gets 405 with the methods that are allowed", async (method, path, allowed) => {
  const response = await get(path, { method });
  expect([response.status, response.headers.get("allow")]).toEqual([405, allowed]);
});
