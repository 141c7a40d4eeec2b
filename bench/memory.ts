import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient, PictureFile } from "../cli/client.ts";
import { heapOf } from "./inspector.ts";
import { type Row, row } from "./measure.ts";
import { instrument, type Place, startBenchServer } from "./place.ts";
import { CREATE, DETECT, ENROLL, IDENTIFY } from "./requests.ts";

/** An isolate's limit on Cloudflare, in MB (2²⁰ bytes). It is not enforced on one's own machine. */
const LIMIT = 128;
const MB = 2 ** 20;

/**
 * What an isolate holds: all WebAssembly memories (they never shrink), the JavaScript heap, and the buffers behind typed
 * arrays, read at the end of each stage, while the stage's results are still held.
 */
export async function memory(place: Place): Promise<Row[]> {
  const inspectorPort = place.port + 1;
  const server = await startBenchServer(place, "memory", inspectorPort);
  const held = async () => {
    const [{ wasm }, heap] = [await instrument<{ wasm: number }>(server.url, "memory"), await heapOf(inspectorPort)];
    return wasm + heap.used + heap.buffers;
  };
  try {
    const peak = await peakOfLook(server.url, place.pictures.phone, held);
    const api = createClient(server.url, server.key);
    const picture = () => new PictureFile(place.pictures.portrait);
    const { createCollection } = await api.request<{ createCollection: { collection: { id: string } } }>(CREATE, {
      name: "memory",
    });
    const collection = createCollection.collection.id;
    await api.request(ENROLL, { collection, image: picture() });
    await api.request(IDENTIFY, { collection, probe: picture() });
    await api.request(DETECT, { image: new PictureFile(place.pictures.phone), maxFaces: 100 });
    const after = await held();
    return [
      row(
        "memory, 12-megapixel phone photo, peak of all stages",
        peak.bytes / MB,
        "MB",
        { most: LIMIT },
        `at the end of ${peak.stage}`,
      ),
      row("memory after enroll, identify and the phone photo", after / MB, "MB", { most: LIMIT }),
    ];
  } finally {
    await server.stop();
  }
}

/** Has the Worker look at a picture; at each stage's end it waits here until its memory has been read. */
async function peakOfLook(url: string, picture: string, held: () => Promise<number>) {
  let peak = { stage: "", bytes: 0 };
  const readings = createServer((request, response) => {
    const stage = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("stage") ?? "";
    void held()
      .then((bytes) => {
        if (bytes > peak.bytes) peak = { stage, bytes };
      })
      .finally(() => response.end("read"));
  });
  await new Promise<void>((listening) => readings.listen(0, "127.0.0.1", listening));
  try {
    const { port } = readings.address() as AddressInfo;
    const answer = await fetch(new URL(`/bench/look?report=${port}`, url), {
      method: "POST",
      body: readFileSync(picture),
    });
    const found = (await answer.json()) as { kind: string; faces?: unknown[] };
    if (found.kind !== "detection" || found.faces?.length !== 3)
      throw new Error(`The phone photo was answered ${JSON.stringify(found).slice(0, 300)}`);
    return peak;
  } finally {
    readings.close();
  }
}
