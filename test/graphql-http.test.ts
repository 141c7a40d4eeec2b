import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningWorker, startWorker } from "./support/worker.ts";

/** The GraphQL-over-HTTP working group's own audit: https://github.com/graphql/graphql-http#audit */
let worker: RunningWorker;
let key: string;
beforeAll(async () => {
  // In development, because one audit uses introspection, which production refuses.
  worker = await startWorker({ vars: { ENVIRONMENT: "development" } });
  ({ key } = await worker.tenant());
});
afterAll(() => worker.close());

const audits = serverAudits({
  url: () => new URL("/graphql", worker.url).href,
  fetchFn: (url: string, init: RequestInit = {}) =>
    fetch(url, {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${key}` },
    }),
});

describe("GraphQL over HTTP", () => {
  for (const { id, name, fn } of audits) {
    test(`${id} ${name}`, async () => {
      const result = await fn();
      // The audit reports a violated MUST as an error, a SHOULD as a warning, and an unused MAY as a notice.
      if (result.status !== "ok" && result.status !== "notice") expect.fail(`${result.status}: ${result.reason}`);
    });
  }
});
