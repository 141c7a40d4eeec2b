import { createClient, PictureFile } from "../cli/client.ts";
import type { Server } from "../cli/server.ts";
import { type BenchSetup, callEndpoint, startBenchServer } from "./bench-server.ts";
import { median, type Row, row, timed } from "./measure.ts";
import { CREATE, ENROLL, VERIFY_SUBJECT } from "./requests.ts";

const ROUNDS = 5;
/** Requests until V8 has compiled all code of a verification, and number of requests that are measured then. */
const WARM_UP = 15;
const WARM_REQUESTS = 10;

/**
 * The first `verify` of a fresh workerd, compared with its lower bound: the creation of the sessions plus a warm `verify`. Each measured
 * request is the first one of its workerd. The client measures the time.
 */
export async function firstAnswer(place: BenchSetup): Promise<Row[]> {
  const subject = await withFreshServer(place, (server) => enrollOne(server, place));
  const ratios: number[] = [];
  const firsts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { first, warm } = await withFreshServer(place, (server) => measureVerifications(server, place, subject));
    const sessions = await withFreshServer(
      place,
      async ({ url }) => (await timed(() => callEndpoint(url, "sessions"))).millis,
    );
    firsts.push(first);
    ratios.push(first / (sessions + warm));
  }
  return [
    row("first verify of a fresh workerd", median(firsts), "ms"),
    row("first verify ÷ (creation of sessions + warm verify)", median(ratios), "×", { max: 1.3 }),
  ];
}

/** Runs `work` with a fresh workerd, which has the data that earlier ones stored. */
async function withFreshServer<T>(place: BenchSetup, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await startBenchServer(place, "first", { skipHealthCheck: true });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function enrollOne({ url, key }: Server, { pictures }: BenchSetup): Promise<string> {
  const api = createClient(url, key);
  const { createCollection } = await api.request<{ createCollection: { collection: { id: string } } }>(CREATE, {
    name: "first",
  });
  const { enroll } = await api.request<{ enroll: { subject: { id: string } } }>(ENROLL, {
    collection: createCollection.collection.id,
    image: new PictureFile(pictures.portrait),
  });
  return enroll.subject.id;
}

async function measureVerifications({ url, key }: Server, { pictures }: BenchSetup, subject: string) {
  const api = createClient(url, key);
  const verify = async () =>
    (await timed(() => api.request(VERIFY_SUBJECT, { probe: new PictureFile(pictures.portrait), subject }))).millis;
  const first = await verify();
  for (let i = 0; i < WARM_UP; i++) await verify();
  const warm: number[] = [];
  for (let i = 0; i < WARM_REQUESTS; i++) warm.push(await verify());
  return { first, warm: median(warm) };
}
