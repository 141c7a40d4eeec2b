import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { phonePhoto } from "../bench/pictures.ts";
import { type Client, createClient } from "../cli/client.ts";
import { decoded } from "../cli/pictures.ts";
import { newSecrets } from "../cli/signing-keys.ts";
import { ROOT } from "../cli/state.ts";
import { psnr } from "../container/style-net/evaluate.ts";
import { opponentOf } from "../imaging/opponent.ts";
import { type Picture, pictureOf } from "../imaging/picture.ts";
import { shrunk } from "../imaging/resize.ts";
import { SHIPPED_STYLES } from "../models/styles.ts";
import { AUDIENCES } from "../schema/protocol/tokens.ts";
import { styles as trained } from "../schema/tables.ts";
import { type Blobs, openBlobs } from "../workers/platform/blobs.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { openDatabase } from "../workers/platform/database.ts";
import { newId } from "../workers/platform/ids.ts";
import { sha256 } from "../workers/platform/sha256.ts";
import { createSigner } from "../workers/platform/signing.ts";
import {
  stylize as ask,
  colorDistance,
  fetchPicture,
  fetchUrl,
  type Painted,
  plainPng,
  STYLIZE,
} from "./support/stylize.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

/** `stylize`: the picture, its address, and the styles. */
let worker: RunningWorker;
let api: Client;
let tenantId: string;
let blobs: Blobs;

beforeAll(async () => {
  worker = await startWorker();
  const tenant = await worker.tenant();
  api = tenant.api;
  tenantId = tenant.id;
  blobs = openBlobs(worker.env.BLOBS, openDatabase(worker.env.DB), systemClock);
});
afterAll(() => worker.close());

const CAT = readFileSync(resolve(ROOT, "test/fixtures/photos/content/cat-chelsea.png"));

const stylize = (image: Buffer, input: Record<string, unknown> = {}, client = api) => ask(client, image, input);

/** The photograph at the size of the stylized picture. */
const photographAtSize = async (bytes: Buffer, maxSide = 512): Promise<Picture> =>
  pictureOf(shrunk(await decoded("photograph", bytes), maxSide));

describe.each(["FAST", "FINE"])("%s", (quality) => {
  test.each(["starry-night", "the-scream"])(
    "a photograph gets the colors of %s and differs clearly from the original",
    async (name) => {
      const painted = await fetchPicture(await stylize(CAT, { quality, styleId: name, maxSide: 256 }));
      const before = await photographAtSize(CAT, 256);
      expect([painted.width, painted.height]).toEqual([before.width, before.height]);
      const painting = pictureOf(
        shrunk(await decoded("painting", readFileSync(resolve(ROOT, `models/styles/${name}/painting.jpg`))), 256),
      );
      expect(colorDistance(painted, painting)).toBeLessThan(0.4 * colorDistance(before, painting));
      expect(psnr(before.data, painted.data)).toBeLessThan(22);
    },
  );

  test("strength 0 gives the photograph, and strength 0.5 the mean of both", async () => {
    const before = await photographAtSize(CAT, 200);
    const none = await fetchPicture(await stylize(CAT, { quality, strength: 0, maxSide: 200 }));
    const half = await fetchPicture(await stylize(CAT, { quality, strength: 0.5, maxSide: 200 }));
    const whole = await fetchPicture(await stylize(CAT, { quality, strength: 1, maxSide: 200 }));
    expect(psnr(before.data, none.data)).toBeGreaterThan(32);
    const mean = before.data.map((value, i) => (value + whole.data[i]!) / 2);
    expect(psnr(mean, half.data)).toBeGreaterThan(30);
  });

  test("preserveColors keeps the hues of the photograph", async () => {
    const before = await photographAtSize(CAT, 200);
    const kept = await fetchPicture(await stylize(CAT, { quality, preserveColors: true, maxSide: 200 }));
    const taken = await fetchPicture(await stylize(CAT, { quality, maxSide: 200 }));
    const hues = ({ width, height, data }: Picture) =>
      opponentOf({ width, height, data }).data.subarray(width * height);
    expect(psnr(hues(before), hues(kept))).toBeGreaterThan(psnr(hues(before), hues(taken)) + 6);
    expect(psnr(before.data, kept.data)).toBeLessThan(30);
  });

  test("the same request paints the same picture again", async () => {
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
  ])("a picture of %d×%d keeps its aspect ratio", async (width, height) => {
    const painted = await fetchPicture(await stylize(plainPng(width, height), { quality, maxSide: 350 }));
    const scale = Math.min(1, 350 / Math.max(width, height));
    expect([painted.width, painted.height]).toEqual([Math.round(width * scale), Math.round(height * scale)]);
  });
});

test("the result is never larger than the photograph", async () => {
  const { image } = await stylize(CAT, { maxSide: 2048 });
  expect(image).toMatchObject({ width: 451, height: 300 });
});

test("a 12-megapixel photo is painted at the requested size", async () => {
  const { image } = await stylize(Buffer.from(await phonePhoto()), { maxSide: 2048 });
  expect(Math.max(image.width, image.height)).toBe(2048);
});

test("an invalid picture gives a BadImage that says what to do", async () => {
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
])("%s %d is refused with the argument's name", async (name, value) => {
  const input = { image: { base64: "" }, styleId: "udnie", [name]: value };
  const { body } = await api.send(STYLIZE, { input });
  expect(body.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT");
  expect(body.errors?.[0]?.message).toContain(`input.${name}`);
});

test("a key without the scope STYLIZE cannot list styles", async () => {
  const CREATE = `mutation { createApiKey(input: { name: "reader", scopes: [VERIFY] }) { ... on ApiKeyCreated { secret } } }`;
  const { createApiKey } = await api.request<{ createApiKey: { secret: string } }>(CREATE);
  const reader = createClient(worker.url, createApiKey.secret);
  const { body } = await reader.send(`{ styles { id } }`);
  expect(body.errors?.[0]?.extensions?.code).toBe("FORBIDDEN");
});

describe("styles", () => {
  const STYLES = `{ styles { id name origin thumbnail modelId } }`;
  type Styles = { styles: { id: string; name: string; origin: string; thumbnail: string; modelId: string }[] };

  test("all shipped styles are listed, each with a public thumbnail", async () => {
    const { styles } = await api.request<Styles>(STYLES);
    expect(styles.map(({ name }) => name)).toEqual(SHIPPED_STYLES.map(({ name }) => name));
    for (const { id, thumbnail, modelId, origin } of styles) {
      expect(id).toMatch(/^sty_[0-9a-z]{26}$/);
      expect(modelId).toMatch(/^stylenet-[0-9a-f]{12}$/);
      expect(origin).toMatch(/\(.*\d{4}.*\), .+/);
      const response = await fetchUrl(thumbnail);
      expect(response.headers.get("content-type")).toBe("image/jpeg");
      expect((await decoded("thumbnail", new Uint8Array(await response.arrayBuffer()))).width).toBeGreaterThan(50);
    }
  });

  test("no other asset is served", async () => {
    for (const path of ["/styles/udnie/net.onnx", "/styles/udnie/manifest.json", "/styles/", "/graphiql.html"])
      expect((await fetchUrl(new URL(path, worker.url).href)).status).toBe(404);
  });

  test("a style is found by its id, by its name and by node", async () => {
    const [{ id, name }] = SHIPPED_STYLES as [(typeof SHIPPED_STYLES)[number]];
    const answer = await stylize(CAT, { styleId: id, maxSide: 64 });
    expect(answer.style).toEqual({ id, name });
    const { node } = await api.request<{ node: unknown }>(`{ node(id: "${id}") { ... on Style { name } } }`);
    expect(node).toEqual({ name });
  });

  test("an unknown style is not found, whatever its name", async () => {
    for (const styleId of ["sty_01h2xcejqtf2nbrexx3vqjhp41", "", "constructor", "../the-scream", "x".repeat(200)]) {
      expect(await stylize(CAT, { styleId })).toMatchObject({
        __typename: "NotFound",
        message: expect.stringContaining("There is no style"),
      });
    }
  });
});

describe("the address of a picture", () => {
  let image: Painted["image"];
  let whole: Uint8Array;

  beforeAll(async () => {
    image = (await stylize(CAT, { maxSide: 128 })).image;
    whole = new Uint8Array(await (await fetchUrl(image.url)).arrayBuffer());
  });

  test("needs no key, and serves the picture with its headers", async () => {
    const response = await fetchUrl(image.url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "content-length": String(whole.length),
      "content-disposition": "inline",
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
      etag: `"${image.sha256}"`,
    });
    const [, age] = /^private, max-age=(\d+)/.exec(response.headers.get("cache-control") ?? "") ?? [];
    const left = (new Date(image.expiresAt).getTime() - Date.now()) / 1_000;
    expect(Math.abs(Number(age) - left)).toBeLessThan(60);
    expect(left).toBeGreaterThan(23 * 3_600);
    expect(await sha256(new Uint8Array(await response.arrayBuffer()))).toBe(image.sha256);
  });

  test("answers 304 if the client has the picture", async () => {
    const etag = `"${image.sha256}"`;
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const response = await fetchUrl(image.url, { headers: { "if-none-match": known } });
      expect(response.status).toBe(304);
      expect(response.headers.get("etag")).toBe(etag);
      expect((await response.arrayBuffer()).byteLength).toBe(0);
    }
    expect((await fetchUrl(image.url, { headers: { "if-none-match": '"other"' } })).status).toBe(200);
  });

  test.each([
    ["bytes=0-9", 0, 10],
    ["bytes=100-", 100, undefined],
    ["bytes=-7", -7, undefined],
    ["bytes=10-99999999", 10, undefined],
    ["bytes=-99999999", 0, undefined],
  ])("serves the range %s", async (range, from, to) => {
    const response = await fetchUrl(image.url, { headers: { range } });
    expect(response.status).toBe(206);
    const part = whole.subarray(from, to);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(part);
    const start = from < 0 ? whole.length + from : from;
    expect(response.headers.get("content-range")).toBe(`bytes ${start}-${start + part.length - 1}/${whole.length}`);
    expect(response.headers.get("content-length")).toBe(String(part.length));
  });

  test("refuses a range beyond the end, and serves the full picture for other invalid ranges", async () => {
    for (const range of ["bytes=99999999-", "bytes=-0"]) {
      const response = await fetchUrl(image.url, { headers: { range } });
      expect(response.status).toBe(416);
      expect(response.headers.get("content-range")).toBe(`bytes */${whole.length}`);
    }
    for (const range of [
      "bytes=0-1,3-4",
      "bytes=5-2",
      "bytes=-",
      "lines=1-2",
      "bytes=0-9;",
      `bytes=${"9".repeat(500)}-`,
    ])
      expect((await fetchUrl(image.url, { headers: { range } })).status).toBe(200);
    const changed = { range: "bytes=0-9", "if-range": '"another"' };
    expect((await fetchUrl(image.url, { headers: changed })).status).toBe(200);
    const same = { range: "bytes=0-9", "if-range": `"${image.sha256}"` };
    expect((await fetchUrl(image.url, { headers: same })).status).toBe(206);
  });

  test("answers HEAD with only the headers, and refuses other methods", async () => {
    const response = await fetchUrl(image.url, { method: "HEAD" });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, String(whole.length)]);
    expect((await fetchUrl(image.url, { method: "DELETE" })).status).toBe(405);
    expect((await fetchUrl(image.url)).status).toBe(200);
  });

  test("forged, foreign, expired and unrelated tokens all get the same 404", async () => {
    const { SIGNING_KEYS } = worker.secrets;
    const { SIGNING_KEYS: foreignKeys } = await newSecrets();
    const origin = new URL(worker.url).origin;
    const tomorrow = new Date(Date.now() + 86_400_000);
    const key = await keyOf(image);
    const signed = (keys: string, issuer: string, audience: keyof typeof AUDIENCES, until: Date, sub = key) =>
      createSigner(keys, issuer, () => until.getTime() - 1_000).sign(AUDIENCES[audience], { sub }, until);
    const tokens = [
      "",
      "nonsense",
      `${new URL(image.url).pathname.split("/").at(-1)}x`,
      await signed(foreignKeys, origin, "download", tomorrow),
      await signed(SIGNING_KEYS, "https://elsewhere.example", "download", tomorrow),
      await signed(SIGNING_KEYS, origin, "report", tomorrow),
      await signed(SIGNING_KEYS, origin, "download", new Date(Date.now() - 1_000)),
      await signed(SIGNING_KEYS, origin, "download", tomorrow, `${tenantId}/${newId("blob")}`),
      await signed(SIGNING_KEYS, origin, "download", tomorrow, `${newId("tenant")}/${key.split("/")[1]}`),
    ];
    expect(
      (await fetchUrl(`${origin}/images/${await signed(SIGNING_KEYS, origin, "download", tomorrow)}`)).status,
    ).toBe(200);
    const answers = await Promise.all(
      tokens.map(async (token) => {
        const response = await fetchUrl(`${origin}/images/${token}`);
        return `${response.status} ${response.headers.get("cache-control")} ${await response.text()}`;
      }),
    );
    expect(new Set(answers)).toEqual(new Set([answers[0]]));
    expect(answers[0]).toMatch(/^404 no-store /);
  });

  test("an expired picture is gone from its address at once, and the schedule deletes it from R2", async () => {
    const { image: old } = await stylize(CAT, { maxSide: 64 });
    const key = await keyOf(old);
    await worker.env.DB.prepare("update blobs set expires_at = ? where key = ?")
      .bind(Date.now() - 1, key)
      .run();
    expect((await fetchUrl(old.url)).status).toBe(404);
    expect(await worker.env.BLOBS.head(key)).not.toBeNull();
    await worker.schedule();
    expect(await worker.env.BLOBS.head(key)).toBeNull();
    expect(await worker.env.DB.prepare("select key from blobs where key = ?").bind(key).first()).toBeNull();
    expect((await fetchUrl(image.url)).status).toBe(200);
  });

  async function keyOf({ sha256 }: Painted["image"]): Promise<string> {
    const rows = await worker.env.DB.prepare("select key from blobs where sha256 = ? order by created_at desc")
      .bind(sha256)
      .first<{ key: string }>();
    return rows?.key ?? "";
  }
});

describe("a trained style", () => {
  const SEE = `query See($id: ID!) { styles { id name origin thumbnail } node(id: $id) { __typename } }`;
  let id: string;

  beforeAll(async () => {
    const file = (name: string) => readFileSync(resolve(ROOT, "models/styles/great-wave", name));
    const keep = async (name: string, contentType: string) => {
      const bytes = new Uint8Array(file(name));
      const key = `${tenantId}/${newId("blob")}`;
      const info = { tenantId, key, contentType, sha256: await sha256(bytes), bytes: bytes.length, expiresAt: null };
      await blobs.put(info, bytes);
      return info;
    };
    id = newId("style");
    const net = await keep("net.onnx", "application/octet-stream");
    const { traits } = SHIPPED_STYLES.find(({ name }) => name === "great-wave")!;
    await openDatabase(worker.env.DB)
      .insert(trained)
      .values({
        tenantId,
        id,
        name: "my wave",
        jobId: newId("job"),
        netKey: net.key,
        paintingKey: (await keep("painting.jpg", "image/jpeg")).key,
        thumbnailKey: (await keep("thumbnail.jpg", "image/jpeg")).key,
        netSha256: net.sha256,
        traits,
        createdAt: new Date(),
      });
  });

  test.each(["FAST", "FINE"])("paints like a shipped style: %s", async (quality) => {
    const own = await stylize(CAT, { styleId: id, quality, maxSide: 128 });
    const shipped = await stylize(CAT, { styleId: "great-wave", quality, maxSide: 128 });
    expect(own.style).toEqual({ id, name: "my wave" });
    expect(own.image.sha256).toBe(shipped.image.sha256);
  });

  test("is listed after the shipped styles, with its thumbnail at a signed address", async () => {
    const { styles, node } = await api.request<{
      styles: { id: string; origin: string; thumbnail: string }[];
      node: unknown;
    }>(SEE, { id });
    const last = styles.at(-1)!;
    expect(last).toMatchObject({ id, name: "my wave", origin: expect.stringContaining("job_") });
    expect((await fetchUrl(last.thumbnail)).headers.get("content-type")).toBe("image/jpeg");
    expect(node).toEqual({ __typename: "Style" });
  });

  test("is not visible to another tenant", async () => {
    const { api: stranger } = await worker.tenant();
    expect(await stylize(CAT, { styleId: id }, stranger)).toMatchObject({ __typename: "NotFound" });
    const { styles, node } = await stranger.request<{ styles: { id: string }[]; node: unknown }>(SEE, { id });
    expect(styles.map((style) => style.id)).not.toContain(id);
    expect(node).toBeNull();
  });
});
