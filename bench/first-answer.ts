import { createClient, PictureFile } from "../cli/client.ts";
import { median, type Row, row, timed } from "./measure.ts";
import { instrument, type Place, startBenchServer } from "./place.ts";
import { VERIFY_PICTURES } from "./requests.ts";

const ROUNDS = 3;
const WARM = 10;

/** The first `verify` of a fresh workerd, beside what it cannot do without: its sessions made, and a warm `verify`. */
export async function firstAnswer(place: Place): Promise<Row[]> {
  const ratios: number[] = [];
  const firsts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { first, warm } = await freshVerify(place);
    const sessions = await freshSessions(place);
    firsts.push(first);
    ratios.push(first / (sessions + warm));
  }
  return [
    row("first verify of a fresh workerd", median(firsts), "ms"),
    row("first verify ÷ (bare sessions + warm verify)", median(ratios), "×", { most: 1.3 }),
  ];
}

async function freshVerify(place: Place): Promise<{ first: number; warm: number }> {
  const server = await startBenchServer(place, "first");
  try {
    const api = createClient(server.url, server.key);
    const picture = () => new PictureFile(place.pictures.portrait);
    const verify = () => timed(() => api.request(VERIFY_PICTURES, { probe: picture(), reference: picture() }));
    const first = (await verify()).millis;
    const warm: number[] = [];
    for (let i = 0; i < WARM; i++) warm.push((await verify()).millis);
    return { first, warm: median(warm) };
  } finally {
    await server.stop();
  }
}

async function freshSessions(place: Place): Promise<number> {
  const server = await startBenchServer(place, "first");
  try {
    return (await instrument(server.url, "sessions")).millis;
  } finally {
    await server.stop();
  }
}
