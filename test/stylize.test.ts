import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { phonePhoto } from "../bench/pictures.ts";
import { type Client, createClient } from "../cli/client.ts";
import { decoded } from "../cli/pictures.ts";
import { ROOT } from "../cli/state.ts";
import { psnr } from "../container/style-net/evaluate.ts";
import { colourStatistics } from "../imaging/colour.ts";
import { opponentOf } from "../imaging/opponent.ts";
import { type Picture, pictureOf } from "../imaging/picture.ts";
import { shrunk } from "../imaging/shrink.ts";
import { SHIPPED_STYLES } from "../models/styles.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

/** Stylization at once: the picture, its address, and the styles. */
let worker: RunningWorker;
let api: Client;
let tenantId: string;

beforeAll(async () => {
  worker = await startWorker();
  const tenant = await worker.tenant();
  api = tenant.api;
  tenantId = tenant.id;
});
afterAll(() => worker.close());

const STYLIZE = /* GraphQL */ `
  mutation Stylize($input: StylizeInput!) {
    stylize(input: $input) {
      __typename
      ... on Stylized {
        image { url width height contentType sha256 expiresAt }
        style { id name }
        millis
      }
      ... on BadImage { reason message }
      ... on NotFound { message }
    }
  }
`;

interface Answer {
  __typename: string;
  image: { url: string; width: number; height: number; contentType: string; sha256: string; expiresAt: string };
  style: { id: string; name: string };
  reason: string;
  message: string;
}

const PHOTOS = resolve(ROOT, "test/fixtures/photos");
const photo = (name: string) => readFileSync(resolve(PHOTOS, name));
const CAT = photo("content/cat-chelsea.png");

async function stylize(image: Buffer, input: Record<string, unknown> = {}, client = api): Promise<Answer> {
  const given = { image: { base64: image.toString("base64") }, styleId: "starry-night", quality: "FAST", ...input };
  return (await client.request<{ stylize: Answer }>(STYLIZE, { input: given })).stylize;
}

const get = (url: string, init: RequestInit = {}) => fetch(url, { signal: AbortSignal.timeout(30_000), ...init });

/** The picture behind an answer. */
async function seen(answer: Answer): Promise<Picture> {
  expect(answer).toMatchObject({ __typename: "Stylized" });
  const response = await get(answer.image.url);
  expect(response.status).toBe(200);
  return pictureOf(await decoded("result", new Uint8Array(await response.arrayBuffer())));
}

/** The photograph at the size at which it is painted. */
const photographed = async (bytes: Buffer, maxSide = 512): Promise<Picture> =>
  pictureOf(shrunk(await decoded("photograph", bytes), maxSide));

/** How far two pictures' colours lie apart: of their means and deviations, by channel. */
function apart(a: Picture, b: Picture): number {
  const [one, other] = [colourStatistics(a), colourStatistics(b)];
  const deviation = ({ covariance }: typeof one) => [0, 4, 8].map((i) => Math.sqrt(covariance[i]!));
  const differences = [
    ...one.mean.map((value, i) => value - other.mean[i]!),
    ...deviation(one).map((value, i) => value - deviation(other)[i]!),
  ];
  return Math.hypot(...differences);
}

function picture(width: number, height: number, colour = "teal"): Buffer {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  return canvas.toBuffer("image/png");
}

describe.each(["FAST", "FINE"])("%s", (quality) => {
  test.each(["starry-night", "the-scream"])(
    "a photograph is in the colours of %s, and no photograph any more",
    async (name) => {
      const painted = await seen(await stylize(CAT, { quality, styleId: name, maxSide: 256 }));
      const before = await photographed(CAT, 256);
      expect([painted.width, painted.height]).toEqual([before.width, before.height]);
      const painting = pictureOf(
        shrunk(await decoded("painting", readFileSync(resolve(ROOT, `models/styles/${name}/painting.jpg`))), 256),
      );
      expect(apart(painted, painting)).toBeLessThan(0.4 * apart(before, painting));
      expect(psnr(before.data, painted.data)).toBeLessThan(22);
    },
  );

  test("at strength 0 it is the photograph, at half it lies between", async () => {
    const before = await photographed(CAT, 200);
    const none = await seen(await stylize(CAT, { quality, strength: 0, maxSide: 200 }));
    const half = await seen(await stylize(CAT, { quality, strength: 0.5, maxSide: 200 }));
    const whole = await seen(await stylize(CAT, { quality, strength: 1, maxSide: 200 }));
    expect(psnr(before.data, none.data)).toBeGreaterThan(32);
    const mean = before.data.map((value, i) => (value + whole.data[i]!) / 2);
    expect(psnr(mean, half.data)).toBeGreaterThan(30);
  });

  test("with its colours preserved a photograph keeps its hues under the strokes", async () => {
    const before = await photographed(CAT, 200);
    const kept = await seen(await stylize(CAT, { quality, preserveColors: true, maxSide: 200 }));
    const taken = await seen(await stylize(CAT, { quality, maxSide: 200 }));
    const hues = ({ width, height, data }: Picture) =>
      opponentOf({ width, height, data }).data.subarray(width * height);
    expect(psnr(hues(before), hues(kept))).toBeGreaterThan(psnr(hues(before), hues(taken)) + 6);
    expect(psnr(before.data, kept.data)).toBeLessThan(30);
  });

  test("the same call paints the same picture again", async () => {
    const [first, second] = [
      await stylize(CAT, { quality, maxSide: 96 }),
      await stylize(CAT, { quality, maxSide: 96 }),
    ];
    expect(second.image.sha256).toBe(first.image.sha256);
    expect(second.image.url).not.toBe(first.image.url);
  });

  test.each([
    [700, 70],
    [33, 300],
    [65, 65],
    [3, 2],
    [1, 1],
  ])("a picture of %d×%d keeps its shape", async (width, height) => {
    const painted = await seen(await stylize(picture(width, height), { quality, maxSide: 350 }));
    const scale = Math.min(1, 350 / Math.max(width, height));
    expect([painted.width, painted.height]).toEqual([Math.round(width * scale), Math.round(height * scale)]);
  });
});

test("it is never larger than the photograph", async () => {
  const { image } = await stylize(CAT, { maxSide: 2048 });
  expect(image).toMatchObject({ width: 451, height: 300 });
});

test("a 12-megapixel photo is painted as large as is asked for, upright", async () => {
  const { image } = await stylize(Buffer.from(await phonePhoto()), { maxSide: 2048 });
  expect(Math.max(image.width, image.height)).toBe(2048);
});

test("a picture that is none is a BadImage that says what to do", async () => {
  expect(await stylize(Buffer.from("no picture"))).toMatchObject({
    __typename: "BadImage",
    reason: "UNSUPPORTED_FORMAT",
    message: expect.stringContaining("Send JPEG, PNG or WebP"),
  });
  expect(await stylize(Buffer.from(CAT.subarray(0, 5_000)))).toMatchObject({
    __typename: "BadImage",
    reason: "CORRUPT",
  });
});

test.each([
  ["strength", 1.01],
  ["strength", -1],
  ["maxSide", 63],
  ["maxSide", 2049],
])("%s %d is refused by name", async (name, value) => {
  const input = { image: { base64: "" }, styleId: "udnie", [name]: value };
  const { body } = await api.send(STYLIZE, { input });
  expect(body.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT");
  expect(body.errors?.[0]?.message).toContain(`input.${name}`);
});

test("a key without the scope STYLIZE may neither stylize nor see styles", async () => {
  const CREATE = `mutation { createApiKey(input: { name: "reader", scopes: [VERIFY] }) { ... on ApiKeyCreated { token } } }`;
  const { createApiKey } = await api.request<{ createApiKey: { token: string } }>(CREATE);
  const reader = createClient(worker.url, createApiKey.token);
  const { body } = await reader.send(`{ styles { id } }`);
  expect(body.errors?.[0]?.extensions?.code).toBe("FORBIDDEN");
});

describe("styles", () => {
  const STYLES = `{ styles { id name origin thumbnail modelId } }`;
  type Styles = { styles: { id: string; name: string; origin: string; thumbnail: string; modelId: string }[] };

  test("all that ship are listed, each with a thumbnail that anybody can see", async () => {
    const { styles } = await api.request<Styles>(STYLES);
    expect(styles.map(({ name }) => name)).toEqual(SHIPPED_STYLES.map(({ name }) => name));
    for (const { id, thumbnail, modelId, origin } of styles) {
      expect(id).toMatch(/^sty_[0-9a-z]{26}$/);
      expect(modelId).toMatch(/^stylenet-[0-9a-f]{12}$/);
      expect(origin).toMatch(/\(.*\d{4}.*\), .+/);
      const response = await get(thumbnail);
      expect(response.headers.get("content-type")).toBe("image/jpeg");
      expect((await decoded("thumbnail", new Uint8Array(await response.arrayBuffer()))).width).toBeGreaterThan(50);
    }
  });

  test("nothing else of the assets is given out", async () => {
    for (const path of ["/styles/udnie/net.onnx", "/styles/udnie/manifest.json", "/styles/", "/graphiql.html"])
      expect((await get(new URL(path, worker.url).href)).status).toBe(404);
  });

  test("a style is found by its id as by its name, and by node", async () => {
    const [{ id, name }] = SHIPPED_STYLES as [(typeof SHIPPED_STYLES)[number]];
    const answer = await stylize(CAT, { styleId: id, maxSide: 64 });
    expect(answer.style).toEqual({ id, name });
    const { node } = await api.request<{ node: unknown }>(`{ node(id: "${id}") { ... on Style { name } } }`);
    expect(node).toEqual({ name });
  });

  test("one that there is not is not found, whatever its name", async () => {
    for (const styleId of ["sty_01h2xcejqtf2nbrexx3vqjhp41", "", "constructor", "../the-scream", "x".repeat(10_000)]) {
      expect(await stylize(CAT, { styleId })).toMatchObject({
        __typename: "NotFound",
        message: expect.stringContaining("There is no style"),
      });
    }
  });
});
