import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { visionFromFiles } from "../../cli/vision-from-files.ts";
import { squaredDistance } from "../matching/distance.ts";
import type { Detection, OneFace, Vision } from "./vision.ts";

const photos = new URL("../../test/fixtures/photos/", import.meta.url);
const photo = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, photos)));
const MODEL = "faceplugin-512";

let vision: Vision;
beforeAll(async () => {
  vision = await visionFromFiles();
  await vision.ready();
});

async function detect(path: string, maxFaces: number): Promise<Detection> {
  const found = await vision.detect(photo(path), { maxFaces });
  if (found.kind !== "detection") throw new Error(found.message);
  return found;
}

const crews = [11, 12, 14, 15, 16, 17].map((mission) => `groups/apollo${mission}-crew.jpg`);

test.for(crews)("three people are found in %s, with and without tiles", async (path) => {
  expect((await detect(path, 5)).faces).toHaveLength(3);
  expect((await detect(path, 100)).faces).toHaveLength(3);
});

test("all 29 people of the Solvay conference are found", async () => {
  const { faces, width, height } = await detect("groups/solvay-1927.jpg", 100);
  expect(faces).toHaveLength(29);
  for (const { box, landmarks } of faces) {
    expect(box.x).toBeGreaterThan(-box.width / 4);
    expect(box.x + box.width).toBeLessThan(width + box.width / 4);
    expect(box.y + box.height).toBeLessThan(height);
    const [left, right, nose, mouthLeft, mouthRight] = landmarks;
    expect(left.x).toBeLessThan(right.x);
    expect(mouthLeft.x).toBeLessThan(mouthRight.x);
    expect(Math.min(left.y, right.y)).toBeLessThan(nose.y);
    expect(nose.y).toBeLessThan(Math.max(mouthLeft.y, mouthRight.y));
  }
});

test("14 people are found in the picture of Yalta, including officers in the background", async () => {
  expect((await detect("groups/yalta-1945.jpg", 100)).faces).toHaveLength(14);
});

test.for(readdirSync(new URL("content/", photos)))("no face is found in content/%s", async (file) => {
  const maxFound = file === "cameraman-profile.png" ? 1 : 0;
  for (const maxFaces of [1, 100]) {
    expect((await detect(`content/${file}`, maxFaces)).faces.length).toBeLessThanOrEqual(maxFound);
  }
});

test("at most the requested number of faces is returned, most prominent first", async () => {
  const { faces } = await detect("groups/yalta-1945.jpg", 3);
  expect(faces).toHaveLength(3);
  // These are Churchill, Roosevelt and Stalin in front.
  for (const { box } of faces) expect(box.y).toBeGreaterThan(150);
});

test.for(crews)("reading one face of %s returns manyFaces", async (path) => {
  const reading = await vision.readOneFace(photo(path), { model: MODEL });
  expect(reading).toMatchObject({ kind: "manyFaces", faces: [{}, {}, {}] });
});

test("a photograph with an EXIF orientation is read upright", async () => {
  const turned = await readOne("exif/astronaut-orientation-6.jpg");
  const upright = await readOne("people/eileen-collins/1.png");
  expect(squaredDistance(turned.template, upright.template)).toBeLessThan(0.1);
  expect(Math.abs(turned.face.box.x - upright.face.box.x)).toBeLessThan(8);
});

const people = readdirSync(new URL("people/", photos));

test("the smallest portraits have sufficient quality", async () => {
  for (const name of people) {
    for (const file of readdirSync(new URL(`people/${name}/`, photos))) {
      const reading = await vision.readOneFace(photo(`people/${name}/${file}`), { model: MODEL });
      expect(reading.kind, `${name}/${file}`).toBe("face");
    }
  }
});

test("each astronaut in a crew portrait is nearest to his own portrait", async () => {
  const gallery = new Map<string, Reading>();
  for (const name of people.filter((name) => name !== "eileen-collins")) {
    gallery.set(name, await readOne(`people/${name}/${readdirSync(new URL(`people/${name}/`, photos)).at(-1)}`));
  }
  for (const [path, names] of [
    ["groups/apollo11-crew.jpg", ["neil-armstrong", "michael-collins", "buzz-aldrin"]],
    ["groups/apollo16-crew.jpg", ["ken-mattingly", "john-young", "charlie-duke"]],
  ] as const) {
    const read = await vision.readFaces(photo(path), { model: MODEL, maxFaces: 3 });
    if (read.kind !== "faces") throw new Error(read.message);
    const leftToRight = read.faces.toSorted((a, b) => a.face.box.x - b.face.box.x);
    const nearest = leftToRight.map((face) =>
      [...gallery].reduce((best, next) =>
        squaredDistance(face.template, next[1].template) < squaredDistance(face.template, best[1].template)
          ? next
          : best,
      ),
    );
    expect(nearest.map(([name]) => name)).toEqual(names);
    for (const [i, [, portrait]] of nearest.entries())
      expect(squaredDistance(leftToRight[i]!.template, portrait.template)).toBeLessThan(1.15);
  }
});

test("each embedder separates a person's portraits from another person's", async () => {
  for (const model of vision.embedders) {
    const [same, other, probe] = await Promise.all(
      ["people/neil-armstrong/2.jpg", "people/buzz-aldrin/2.jpg", "people/neil-armstrong/1.jpg"].map(async (path) => {
        const reading = await vision.readOneFace(photo(path), { model });
        if (reading.kind !== "face") throw new Error(`${path}: ${reading.message}`);
        return reading.template;
      }),
    );
    expect(squaredDistance(probe!, same!), model).toBeLessThan(squaredDistance(probe!, other!) - 0.3);
  }
});

test("a face below the minimum quality is refused with both values", async () => {
  const reading = await vision.readOneFace(photo("people/ken-mattingly/2.jpg"), { model: MODEL, minimumQuality: 1 });
  expect(reading).toMatchObject({ kind: "poorQuality", minimum: 1, quality: expect.closeTo(0.5, 0) });
});

test("the answer to a picture without a face says what to do", async () => {
  for (const reading of [
    await vision.readOneFace(photo("content/coffee.png"), { model: MODEL }),
    await vision.readFaces(photo("content/coffee.png"), { model: MODEL, maxFaces: 5 }),
  ]) {
    expect(reading).toMatchObject({ kind: "noFace", message: expect.stringContaining("Use a picture") });
  }
});

test("concurrent requests get their own answers", async () => {
  const paths = [
    "people/gus-grissom/1.jpg",
    "people/deke-slayton/1.jpg",
    "content/coffee.png",
    "people/gus-grissom/1.jpg",
  ];
  const alone: OneFace[] = [];
  for (const path of paths) alone.push(await vision.readOneFace(photo(path), { model: MODEL }));
  const together = await Promise.all(paths.map((path) => vision.readOneFace(photo(path), { model: MODEL })));
  expect(together).toEqual(alone);
});

test("the stages of a reading are timed", async () => {
  const stages: string[] = [];
  await vision.readOneFace(photo("people/gus-grissom/1.jpg"), {
    model: MODEL,
    stages: {
      time: (stage, work) => {
        stages.push(stage);
        return work();
      },
    },
  });
  expect([...new Set(stages)]).toEqual(["decode", "detect", "embed"]);
});

test("an embedder that is not available is an exception, not an outcome", async () => {
  expect(vision.embedders.has(MODEL)).toBe(true);
  await expect(vision.readOneFace(photo("people/gus-grissom/1.jpg"), { model: "nobody-1" })).rejects.toThrow(
    "nobody-1",
  );
});

type Reading = Extract<OneFace, { kind: "face" }>;

async function readOne(path: string): Promise<Reading> {
  const reading = await vision.readOneFace(photo(path), { model: MODEL });
  if (reading.kind !== "face") throw new Error(`${path}: ${reading.message}`);
  return reading;
}
