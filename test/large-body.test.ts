import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAX_BODY_BYTES } from "../workers/graphql/body.ts";
import { sendChunked } from "./support/chunked.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;
let key: string;
beforeAll(async () => {
  worker = await startWorker();
  ({ key } = await worker.tenant());
});
afterAll(() => worker.close());

const LIMIT_MB = MAX_BODY_BYTES / 2 ** 20;

test.for([1, 40])("a body without Content-Length that is %d MB over the limit gets 413", async (over) => {
  const answer = await sendChunked(worker.url, key, LIMIT_MB + over);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('"REQUEST_ENTITY_TOO_LARGE"');
});

test("a client that reads only after it has sent everything gets the answer to a small body", async () => {
  expect(await sendChunked(worker.url, key, 1)).toMatch(/^HTTP\/1\.1 400 /);
});

const MB = 1 << 20;
const DETECT = "mutation($image: ImageInput!) { detect(image: $image) { __typename ... on BadImage { reason } } }";

/** Sends bytes that are not a picture. */
async function detect(key: string, length: number) {
  const form = new FormData();
  form.set("operations", JSON.stringify({ query: DETECT, variables: { image: { upload: null } } }));
  form.set("map", JSON.stringify({ 0: ["variables.image.upload"] }));
  form.set("0", new Blob([new Uint8Array(length)]), "picture");
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(new URL("/graphql", worker.url), { method: "POST", headers, body: form });
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.json() };
}

const SEEN = { status: 200, body: { data: { detect: { __typename: "BadImage", reason: "UNSUPPORTED_FORMAT" } } } };

test("large bodies that come at once are read in turn, and all are answered", async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => detect(key, 19 * MB)));
  for (const answer of answers) expect(answer).toMatchObject(SEEN);
});

test("while one body holds all the room, a large one is refused and a small one answered; later there is room again", async () => {
  const slow = request(new URL("/graphql", worker.url), {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "content-length": 40 * MB },
  });
  slow.on("error", () => undefined);
  slow.write(" ");
  const other = (await worker.tenant()).key;
  // The slow one has its room once it is read.
  await expect
    .poll(() => detect(other, MB), { timeout: 60_000 })
    .toMatchObject({
      status: 503,
      retryAfter: "10",
      body: { errors: [{ extensions: { code: "OVERLOADED" } }] },
    });
  expect(await detect(other, 1_000)).toMatchObject(SEEN);
  slow.destroy();
  await expect.poll(() => detect(other, MB), { timeout: 60_000 }).toMatchObject(SEEN);
});
