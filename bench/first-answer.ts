import { createClient, PictureFile } from "../cli/client.ts";
import type { Server } from "../cli/server.ts";
import { instrument, type Place, startBenchServer } from "./bench-server.ts";
import { median, type Row, row, timed } from "./measure.ts";
import { CREATE, ENROLL, VERIFY_SUBJECT } from "./requests.ts";

const ROUNDS = 5;
/** Requests until the engine has compiled all that a verification runs, and requests that are then measured. */
const WARM_UP = 15;
const WARM = 10;

/**
 * The first `verify` of a fresh workerd, beside what it cannot do without: its sessions made, and a warm `verify`. Each is the
 * very first request of its workerd, timed by the client.
 */
export async function firstAnswer(place: Place): Promise<Row[]> {
  const subject = await fresh(place, (server) => enrollOne(server, place));
  const ratios: number[] = [];
  const firsts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { first, warm } = await fresh(place, (server) => verifications(server, place, subject));
    const sessions = await fresh(place, async ({ url }) => (await timed(() => instrument(url, "sessions"))).millis);
    firsts.push(first);
    ratios.push(first / (sessions + warm));
  }
  return [
    row("first verify of a fresh workerd", median(firsts), "ms"),
    row("first verify ÷ (bare sessions + warm verify)", median(ratios), "×", { most: 1.3 }),
  ];
}

/** Work on a fresh workerd; what earlier ones have stored is there. */
async function fresh<T>(place: Place, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await startBenchServer(place, "first", { untouched: true });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function enrollOne({ url, key }: Server, { pictures }: Place): Promise<string> {
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

async function verifications({ url, key }: Server, { pictures }: Place, subject: string) {
  const api = createClient(url, key);
  const verify = async () =>
    (await timed(() => api.request(VERIFY_SUBJECT, { probe: new PictureFile(pictures.portrait), subject }))).millis;
  const first = await verify();
  for (let i = 0; i < WARM_UP; i++) await verify();
  const warm: number[] = [];
  for (let i = 0; i < WARM; i++) warm.push(await verify());
  return { first, warm: median(warm) };
}
