import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Client, createClient, PictureFile } from "../cli/client.ts";
import type { Server } from "../cli/server.ts";
import { instrument, type Place, startBenchServer } from "./bench-server.ts";
import { heapOf } from "./inspector.ts";
import { type Row, row } from "./measure.ts";
import { CREATE, DETECT, ENROLL, IDENTIFY, STYLIZE } from "./requests.ts";

/** An isolate's limit on Cloudflare, in MB (2²⁰ bytes). It is not enforced on one's own machine. */
const LIMIT = 128;
const MB = 2 ** 20;

/**
 * What an isolate holds: all WebAssembly memories (they never shrink), the JavaScript heap, and the buffers behind typed
 * arrays, read at the end of each stage, while the stage's results are still held.
 */
export async function memory(place: Place): Promise<Row[]> {
  const peak = await watched(place, (server, held) => peakOfLook(server.url, place.pictures.phone, held));
  const after = await watched(place, async (server, held) => {
    await useAll(createClient(server.url, server.key), place);
    await heapOf(place.port + 1, { collected: true });
    return held();
  });
  return [
    row(
      "memory, 12-megapixel phone photo, peak of all stages",
      peak.bytes / MB,
      "MB",
      { most: LIMIT },
      `at the end of ${peak.stage}`,
    ),
    row("memory after enroll, identify, the phone photo and its stylization", after / MB, "MB", { most: LIMIT }),
  ];
}

/** Starts a fresh server, and gives the work a way to read what its isolate holds, in bytes. */
async function watched<T>(place: Place, work: (server: Server, held: () => Promise<number>) => Promise<T>): Promise<T> {
  const inspectorPort = place.port + 1;
  const server = await startBenchServer(place, "memory", { inspectorPort });
  try {
    return await work(server, async () => {
      const { wasm } = await instrument<{ wasm: number }>(server.url, "memory");
      const { used, buffers } = await heapOf(inspectorPort);
      return wasm + used + buffers;
    });
  } finally {
    await server.stop();
  }
}

async function useAll(api: Client, { pictures }: Place): Promise<void> {
  const picture = () => new PictureFile(pictures.portrait);
  const { createCollection } = await api.request<{ createCollection: { collection: { id: string } } }>(CREATE, {
    name: "memory",
  });
  const collection = createCollection.collection.id;
  await api.request(ENROLL, { collection, image: picture() });
  await api.request(IDENTIFY, { collection, probe: picture() });
  await api.request(DETECT, { image: new PictureFile(pictures.phone), maxFaces: 100 });
  for (const quality of ["FAST", "FINE"]) {
    await api.request(STYLIZE, { image: new PictureFile(pictures.square), styleId: "udnie", quality, maxSide: 512 });
    await api.request(STYLIZE, { image: new PictureFile(pictures.phone), styleId: "udnie", quality, maxSide: 1024 });
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
