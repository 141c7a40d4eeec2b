import { readFile } from "node:fs/promises";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { beforeAll, expect, test } from "vitest";
import { portrait } from "../../cli/astronauts.ts";
import { visionFromFiles } from "../../cli/vision-from-files.ts";
import { pause } from "../platform/fair-queue.ts";
import type { Vision } from "./vision.ts";

let vision: Vision;
let one: Uint8Array;
/** 1200 × 900 pixels with twelve faces, large enough to be searched in tiles. */
let crowd: Uint8Array;

beforeAll(async () => {
  vision = await visionFromFiles();
  one = await readFile(portrait("neil-armstrong", "1.jpg"));
  const face = await loadImage(one);
  const canvas = createCanvas(1_200, 900);
  for (let i = 0; i < 12; i++)
    canvas.getContext("2d").drawImage(face, (i % 4) * 300, Math.floor(i / 4) * 300, 300, 300);
  crowd = await canvas.encode("jpeg");
});

const readOne = (tenantId: string) => vision.readOneFace(one, { model: vision.defaultEmbedder, tenantId });

test("while one tenant's crowd is processed, another tenant's face is read", async () => {
  const order: string[] = [];
  const many = vision.detect(crowd, { maxFaces: 100, tenantId: "a" }).then((detection) => {
    order.push("crowd");
    return detection;
  });
  await pause(20);
  const face = await readOne("b");
  order.push("face");
  expect(face.kind).toBe("face");
  expect(await many).toMatchObject({ kind: "detection", width: 1_200, height: 900 });
  expect(order).toEqual(["face", "crowd"]);
});

test("more crowds than fit in memory wait for each other and get the same result", async () => {
  const seen = await Promise.all(
    ["a", "a", "b", "c"].map((tenantId) => vision.detect(crowd, { maxFaces: 12, tenantId })),
  );
  for (const detection of seen) expect(detection).toEqual(seen[0]);
  expect(seen[0]).toMatchObject({ kind: "detection", faces: { length: 12 } });
});

test("when a client disconnects, its crowd is dropped and the next one is processed", async () => {
  const client = new AbortController();
  const abandoned = vision.detect(crowd, { maxFaces: 100, tenantId: "a", signal: client.signal });
  await pause(20);
  client.abort(new Error("disconnected"));
  await expect(abandoned).rejects.toThrow("disconnected");
  expect(await vision.detect(crowd, { maxFaces: 100, tenantId: "a" })).toMatchObject({ kind: "detection" });
});
