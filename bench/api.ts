import { type Client, createClient, PictureFile } from "../cli/client.ts";
import { type BenchSetup, callEndpoint, startBenchServer } from "./bench-server.ts";
import { interleave, median, quantile, type Row, row, timed } from "./measure.ts";
import { cpuMillis, workerdBelow } from "./processes.ts";
import { CREATE, DETECT, ENROLL, IDENTIFY, VERIFY_SUBJECT } from "./requests.ts";

const WARM_UP = 15;
const ROUNDS = 60;
const GALLERY_SIZES = [1_000, 10_000] as const;
const CONCURRENCY_LEVELS = [1, 2, 4, 8] as const;

type Send = () => Promise<{ millis: number; stages: Record<string, number> }>;

/** Latency and throughput of the warm API with one client. Each figure is compared with a lower bound in the same workerd. */
export async function benchApi(place: BenchSetup): Promise<Row[]> {
  const server = await startBenchServer(place, "api");
  try {
    const api = createClient(server.url, server.key);
    const { viewer } = await api.request<{ viewer: { tenant: { id: string } } }>("{ viewer { tenant { id } } }");
    const tenant = viewer.tenant.id;
    const picture = () => new PictureFile(place.pictures.portrait);
    const collection = await makeCollection(api, "bench");
    const { enroll } = await api.request<{ enroll: { subject: { id: string } } }>(ENROLL, {
      collection,
      image: picture(),
    });
    const verify = sender(api, VERIFY_SUBJECT, () => ({ probe: picture(), subject: enroll.subject.id }));
    return [
      ...(await verification(server.url, tenant, verify)),
      ...(await otherOperations(api, collection, picture)),
      ...(await identification(server.url, api, tenant, picture)),
      ...(await throughput(verify, server.pid)),
    ];
  } finally {
    await server.stop();
  }
}

async function makeCollection(api: Client, name: string): Promise<string> {
  const { createCollection } = await api.request<{ createCollection: { collection: { id: string } } }>(CREATE, {
    name,
  });
  return createCollection.collection.id;
}

/** Returns a function that sends a request and returns its wall time and the durations of the Worker's stages. */
const sender =
  (api: Client, document: string, variables: () => Record<string, unknown>): Send =>
  async () => {
    const { millis, result } = await timed(() => api.send(document, variables()));
    const { response, body } = result;
    if (body.errors) throw new Error(body.errors.map((error) => error.message).join("; "));
    return { millis, stages: serverTiming(response.headers.get("server-timing") ?? "") };
  };

/** `decode;dur=2.1, detect;dur=15` → { decode: 2.1, detect: 15 }. https://www.w3.org/TR/server-timing/ */
export const serverTiming = (header: string): Record<string, number> =>
  Object.fromEntries(
    header.split(",").flatMap((entry) => {
      const [, name, duration] = /^\s*([\w-]+);dur=([\d.]+)/.exec(entry) ?? [];
      return name && duration ? [[name, Number(duration)]] : [];
    }),
  );

const visionMillis = ({ decode = 0, detect = 0, embed = 0 }: Record<string, number>) => decode + detect + embed;

async function verification(url: string, tenant: string, verify: Send): Promise<Row[]> {
  for (let i = 0; i < WARM_UP; i++) await verify();
  const visions: number[] = [];
  const [total, rest, inference, read] = await interleave(ROUNDS, [
    async () => {
      const { millis, stages } = await verify();
      visions.push(visionMillis(stages));
      return millis;
    },
    async () => {
      const { millis, stages } = await verify();
      return millis - visionMillis(stages);
    },
    async () => (await callEndpoint(url, "inference")).millis,
    async () =>
      (await timed(() => fetch(new URL(`/bench/d1?tenant=${tenant}`, url)).then((answer) => answer.text()))).millis,
  ]);
  return [
    row("verify, p50", median(total!), "ms"),
    row("verify, p95", quantile(total!, 0.95), "ms"),
    row(
      "verify: vision ÷ inference alone",
      median(visions) / median(inference!),
      "×",
      { max: 1.3 },
      `${median(visions).toFixed(1)} / ${median(inference!).toFixed(1)} ms`,
    ),
    row(
      "verify: everything else ÷ empty request with one D1 read",
      median(rest!) / median(read!),
      "×",
      { max: 1.6 },
      `${median(rest!).toFixed(1)} / ${median(read!).toFixed(1)} ms`,
    ),
  ];
}

async function otherOperations(api: Client, collection: string, picture: () => PictureFile): Promise<Row[]> {
  const requests: [string, Send][] = [
    ["detect, one face", sender(api, DETECT, () => ({ image: picture(), maxFaces: 1 }))],
    ["enroll", sender(api, ENROLL, () => ({ collection, image: picture() }))],
  ];
  const rows: Row[] = [];
  for (const [name, send] of requests) {
    const times: number[] = [];
    for (let i = 0; i < ROUNDS; i++) times.push((await send()).millis);
    rows.push(row(`${name}, p50`, median(times), "ms"), row(`${name}, p95`, quantile(times, 0.95), "ms"));
  }
  return rows;
}

async function identification(url: string, api: Client, tenant: string, picture: () => PictureFile): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of GALLERY_SIZES) {
    const collection = await makeCollection(api, `gallery of ${size}`);
    await callEndpoint(url, `seed?tenant=${tenant}&collection=${collection}&count=${size}`);
    const identify = sender(api, IDENTIFY, () => ({ collection, probe: picture() }));
    const firstRun = await identify();
    for (let i = 0; i < WARM_UP; i++) await identify();
    const [whole, answer, scan, call] = await interleave(ROUNDS, [
      async () => (await identify()).millis,
      async () => (await callEndpoint(url, `shard?tenant=${tenant}&collection=${collection}`)).millis,
      async () => (await callEndpoint(url, `object?templates=${size}`)).millis,
      async () => (await callEndpoint(url, "object")).millis,
    ]);
    const name = size.toLocaleString("en");
    rows.push(
      row(`identify in ${name} templates, first`, firstRun.millis, "ms", undefined, "the shard applies the log"),
      row(`identify in ${name} templates, p50`, median(whole!), "ms"),
      row(`identify in ${name} templates, p95`, quantile(whole!, 0.95), "ms"),
      row(
        `search in ${name}: shard's answer ÷ Durable Object with the bare kernel`,
        median(answer!) / median(scan!),
        "×",
        size === 10_000 ? { max: 1.5 } : undefined,
        `${median(answer!).toFixed(3)} / ${median(scan!).toFixed(3)} ms; one that only answers ${median(call!).toFixed(3)} ms`,
      ),
    );
  }
  return rows;
}

async function throughput(verify: Send, pid: number): Promise<Row[]> {
  const rows: Row[] = [];
  const workerd = workerdBelow(pid);
  for (const inFlight of CONCURRENCY_LEVELS) {
    const requests = 12 * inFlight;
    const before = cpuMillis(workerd);
    const { millis } = await timed(() =>
      Promise.all(
        Array.from({ length: inFlight }, async () => {
          for (let i = 0; i < requests / inFlight; i++) await verify();
        }),
      ),
    );
    const cpu = (cpuMillis(workerd) - before) / requests;
    rows.push(
      row(
        `verify, ${inFlight} concurrent`,
        (1000 * requests) / millis,
        "/s",
        undefined,
        `${cpu.toFixed(0)} ms CPU each`,
      ),
    );
  }
  return rows;
}
