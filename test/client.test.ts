import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { portrait } from "../cli/astronauts.ts";
import { ROOT } from "../cli/state.ts";
import {
  cancelJob,
  collections,
  createClient,
  createCollection,
  deleteCollection,
  deleteSubject,
  deleteTemplate,
  detect,
  enroll,
  execute,
  findCollection,
  findJob,
  findSubject,
  identify,
  jobs as listJobs,
  mergeSubjects,
  optimizeStyle,
  type SemblanceClient,
  SemblanceError,
  styles,
  stylize,
  subjects,
  templates,
  trainStyle,
  updateSubject,
  verify,
  watchJob,
} from "../client/src/index.ts";
import { fromPath } from "../client/src/node.ts";
import { startForwarder } from "./support/forwarder.ts";
import { type JobWorker, startJobWorker } from "./support/job-worker.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

const picture = (person: string, file: string) => fromPath(portrait(person, file));

async function all<T>(items: AsyncGenerator<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("faces and galleries", () => {
  let worker: RunningWorker;
  let client: SemblanceClient;
  let collectionId: string;

  beforeAll(async () => {
    worker = await startWorker();
    const { key } = await worker.tenant();
    client = createClient({ url: worker.url, key });
    const created = await createCollection(client, { name: "crew" });
    if (created.__typename !== "CollectionCreated") throw new Error(created.message);
    collectionId = created.collection.id;
  });
  afterAll(() => worker.close());

  test("a person is enrolled, verified, identified and deleted", async () => {
    const image = await picture("neil-armstrong", "1.jpg");
    const enrolled = await enroll(client, { collectionId, image, externalId: "armstrong", name: "Neil Armstrong" });
    if (enrolled.__typename !== "Enrolled") throw new Error(enrolled.message);
    const { subject, template } = enrolled;
    expect(subject).toMatchObject({ externalId: "armstrong", name: "Neil Armstrong" });

    const probe = new Uint8Array(readFileSync(portrait("neil-armstrong", "2.jpg")));
    expect(await verify(client, { probe, reference: { subjectId: subject.id } })).toMatchObject({ decision: "MATCH" });
    const externalId = { collectionId, externalId: "armstrong" };
    expect(await verify(client, { probe, reference: { externalId } })).toMatchObject({ decision: "MATCH" });
    const other = await picture("eileen-collins", "1.png");
    expect(await verify(client, { probe, reference: { image: other } })).toMatchObject({ decision: "NO_MATCH" });
    expect(await identify(client, { collectionId, probe })).toMatchObject({
      faces: [{ outcome: "IDENTIFIED", candidates: [{ subject: { id: subject.id } }] }],
    });
    expect(await detect(client, { image: other, maxFaces: 1 })).toMatchObject({
      faces: [{ landmarks: { length: 5 } }],
    });

    expect(await findSubject(client, externalId)).toEqual(subject);
    expect(await findSubject(client, { id: subject.id })).toEqual(subject);
    expect(await all(templates(client, subject.id))).toEqual([template]);
    expect(await updateSubject(client, { id: subject.id, name: "Neil" })).toMatchObject({ subject: { name: "Neil" } });
    expect(await deleteTemplate(client, template.id)).toMatchObject({ deletedId: template.id, templates: 1 });
    expect(await verify(client, { probe, reference: { subjectId: subject.id } })).toMatchObject({
      __typename: "NoTemplate",
    });
    expect(await deleteSubject(client, subject.id)).toMatchObject({ __typename: "Deleted" });
    expect(await findSubject(client, { id: subject.id })).toBeNull();
  });

  test("expected outcomes are typed, and errors have a code", async () => {
    const image = await picture("neil-armstrong", "1.jpg");
    const missing = await enroll(client, { collectionId: "col_missing", image });
    expect(missing).toMatchObject({ __typename: "NotFound", missingId: "col_missing", message: expect.any(String) });
    const text = await detect(client, { image: new TextEncoder().encode("no picture") });
    expect(text).toMatchObject({ __typename: "BadImage", reason: "UNSUPPORTED_FORMAT" });
    expect(await detect(client, { image: new URL("https://127.0.0.1/a.jpg") })).toMatchObject({
      __typename: "BadImage",
      reason: "FORBIDDEN_ADDRESS",
    });
    const stranger = createClient({ url: worker.url, key: "smb_wrong" });
    const error = await findCollection(stranger, collectionId).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SemblanceError);
    expect(error).toMatchObject({ code: "UNAUTHENTICATED", status: 401, requestId: expect.any(String) });
  });

  test("lists are read page by page", async () => {
    const created = await createCollection(client, { name: "many" });
    if (created.__typename !== "CollectionCreated") throw new Error(created.message);
    const { id } = created.collection;
    const image = await picture("neil-armstrong", "1.jpg");
    const names = Array.from({ length: 3 }, (_, i) => `person ${i}`);
    const ids: string[] = [];
    for (const name of names) {
      const enrolled = await enroll(client, { collectionId: id, image, name });
      if (enrolled.__typename === "Enrolled") ids.push(enrolled.subject.id);
    }
    expect((await all(subjects(client, id))).map(({ name }) => name)).toEqual(names);
    expect((await all(collections(client))).map(({ name }) => name)).toEqual(["crew", "many"]);
    const merged = await mergeSubjects(client, { from: ids[0]!, into: ids[1]! });
    expect(merged).toMatchObject({ subject: { id: ids[1] } });
    expect(await all(templates(client, ids[1]!))).toHaveLength(2);

    for (let i = 0; i < 101; i++) await createCollection(client, { name: `collection ${i}` });
    expect(await all(collections(client))).toHaveLength(103);
    expect(await deleteCollection(client, id)).toMatchObject({ templates: 3 });
    expect(await findCollection(client, id)).toBeNull();
  });

  test("a photograph is stylized, and documents of one's own can be sent", async () => {
    const image = await picture("eileen-collins", "1.png");
    const [style] = await styles(client);
    const stylized = await stylize(client, { image, styleId: style!.id, quality: "FAST", maxSide: 96 });
    if (stylized.__typename !== "Stylized") throw new Error(stylized.message);
    expect((await fetch(stylized.image.url)).headers.get("content-type")).toBe("image/jpeg");
    expect(await execute(client, "{ viewer { scopes } }", {})).toEqual({ viewer: { scopes: ["ADMIN"] } });
  });
});

describe("jobs", () => {
  let system: JobWorker;
  let client: SemblanceClient;
  beforeAll(async () => {
    system = await startJobWorker({ JOB_LEASE_SECONDS: "600" });
    client = createClient({ url: system.worker.url, key: system.key });
  });
  afterAll(() => system.close());

  const start = async (through = client) => {
    const content = await picture("eileen-collins", "1.png");
    const started = await optimizeStyle(through, { content, styles: [{ source: { styleId: "udnie" } }], steps: 10 });
    if (started.__typename !== "JobStarted") throw new Error(started.message);
    return { id: started.job.id, attempt: await system.service.waitForAttempt(started.job.id) };
  };

  test("a job is watched to its end, also if the connection breaks", async () => {
    const { id, attempt } = await start();
    let forwarder = await startForwarder();
    const { port } = new URL(forwarder.url);
    forwarder.port = Number(new URL(system.worker.url).port);
    const seen: string[] = [];
    const watched = (async () => {
      const throughForwarder = createClient({ url: forwarder.url, key: system.key });
      for await (const { state, step } of watchJob(throughForwarder, id)) seen.push(`${state} ${step}`);
    })();
    await attempt.running(1);
    await expect.poll(() => seen).toContain("RUNNING 1");
    await forwarder.close();
    await attempt.running(2);
    forwarder = await startForwarder(Number(port));
    forwarder.port = Number(new URL(system.worker.url).port);
    await expect.poll(() => seen, { timeout: 20_000 }).toContain("RUNNING 2");
    await attempt.succeed();
    await watched;
    await forwarder.close();
    expect(seen.at(-1)).toBe("SUCCEEDED 10");
    expect(new Set(seen).size).toBe(seen.length);
    expect(await findJob(client, id)).toMatchObject({ state: "SUCCEEDED", losses: { length: 2 } });
  });

  test("jobs are started, listed and canceled", async () => {
    const { id } = await start();
    const training = await trainStyle(client, { name: "mine", style: await picture("eileen-collins", "1.png") });
    if (training.__typename !== "JobStarted") throw new Error(training.message);
    const listed = (await all(listJobs(client))).map((job) => job.id);
    expect(listed.slice(0, 2)).toEqual([training.job.id, id]);
    for (const job of [id, training.job.id])
      expect(await cancelJob(client, job)).toMatchObject({ job: { id: job, state: "CANCELED" } });
    expect(await all(listJobs(client, { state: "QUEUED" }))).toEqual([]);
  });
});

describe("the package", () => {
  const gzipped = async (contents: string) => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: resolve(ROOT, "client/src"), loader: "ts" },
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
    });
    return gzipSync(outputFiles[0]!.contents).length;
  };

  test("has at most 8 kB, less if only a part is used, and no dependencies", async () => {
    const whole = await gzipped('export * from "./index.ts"');
    const part = await gzipped('export { createClient, verify } from "./index.ts"');
    console.log(`semblance-client: ${whole} bytes gzipped, ${part} with only createClient and verify`);
    expect(whole).toBeLessThanOrEqual(8_000);
    expect(part).toBeLessThan(whole / 2);
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(resolve(ROOT, "client/package.json"), "utf8"));
    expect({ dependencies, peerDependencies }).toEqual({});
  });

  test("is built to JavaScript that runs in this Node without its sources", async () => {
    const folder = mkdtempSync(join(tmpdir(), "semblance-client-"));
    try {
      execFileSync(process.execPath, [
        resolve(ROOT, "node_modules/typescript/bin/tsc"),
        ...["--project", resolve(ROOT, "client/tsconfig.build.json"), "--outDir", folder],
      ]);
      const program = `
        import { createClient, findCollection } from ${JSON.stringify(join(folder, "index.js"))};
        import { fromPath } from ${JSON.stringify(join(folder, "node.js"))};
        const client = createClient({ url: "http://127.0.0.1:1", key: "smb_key", retries: 0 });
        const { code } = await findCollection(client, "col_1").catch((error) => error);
        const { name, size } = await fromPath(${JSON.stringify(resolve(ROOT, "package.json"))});
        console.log(JSON.stringify({ code, name, hasSize: size > 0 }));`;
      const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program]).toString();
      expect(JSON.parse(output)).toEqual({ code: "NETWORK", name: "package.json", hasSize: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
