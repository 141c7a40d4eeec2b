import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Client, createClient, PictureFile } from "../cli/client.ts";
import type { Server } from "../cli/server.ts";
import { type BenchSetup, callEndpoint, startBenchServer } from "./bench-server.ts";
import { heapOf } from "./inspector.ts";
import { type Row, row } from "./measure.ts";
import { CREATE, DETECT, ENROLL, IDENTIFY, STYLIZE } from "./requests.ts";

/** An isolate's limit on Cloudflare, in MB (2²⁰ bytes). It is not enforced on a local machine. */
const LIMIT_MB = 128;
const MB = 2 ** 20;

/**
 * Memory of an isolate: all WebAssembly memories (they never shrink), the JavaScript heap, and the buffers of typed
 * arrays. It is read at the end of each stage, while the stage's results are still in memory.
 */
export async function memory(place: BenchSetup): Promise<Row[]> {
  const peak = await withMeasuredServer(place, (server, readBytes) =>
    peakOfDetection(server.url, place.pictures.phone, readBytes),
  );
  const after = await withMeasuredServer(place, async (server, held) => {
    await runAllOperations(createClient(server.url, server.key), place);
    await heapOf(place.port + 1, { collectGarbage: true });
    return held();
  });
  return [
    row(
      "memory, 12-megapixel phone photo, peak of all stages",
      peak.bytes / MB,
      "MB",
      { max: LIMIT_MB },
      `at the end of ${peak.stage}`,
    ),
    row("memory after enroll, identify, the phone photo and its stylization", after / MB, "MB", { max: LIMIT_MB }),
  ];
}

/** Starts a fresh server and runs `work`, which can read the memory of the isolate in bytes. */
async function withMeasuredServer<T>(
  place: BenchSetup,
  work: (server: Server, held: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const inspectorPort = place.port + 1;
  const server = await startBenchServer(place, "memory", { inspectorPort });
  try {
    return await work(server, async () => {
      const { wasm } = await callEndpoint<{ wasm: number }>(server.url, "memory");
      const { used, buffers } = await heapOf(inspectorPort);
      return wasm + used + buffers;
    });
  } finally {
    await server.stop();
  }
}

async function runAllOperations(api: Client, { pictures }: BenchSetup): Promise<void> {
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

/** Makes the Worker detect faces in a picture. At the end of each stage it waits until its memory has been read. */
async function peakOfDetection(url: string, picture: string, held: () => Promise<number>) {
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
      throw new Error(`The answer to the phone photo is not three faces: ${JSON.stringify(found).slice(0, 300)}`);
    return peak;
  } finally {
    readings.close();
  }
}
