import fc from "fast-check";
import { expect, test } from "vitest";
import { isBadImage, MAX_BASE64_PICTURE_BYTES, MAX_PICTURE_BYTES } from "../platform/picture.ts";
import { sha256 } from "../platform/sha256.ts";
import { decodeBase64, pictureFrom } from "./image-input.ts";

const noFetch = () => Promise.reject(new Error("The network was used."));

const inLines = (text: string, end: string) => text.replace(/.{76}(?=.)/g, `$&${end}`);
const percentEncoded = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

test("base64 is decoded in either alphabet, with or without padding and line breaks, plain or in a data: URL", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (bytes) => {
      const base64 = Buffer.from(bytes).toString("base64");
      const texts = [
        base64,
        base64.replace(/=+$/, ""),
        Buffer.from(bytes).toString("base64url"),
        inLines(base64, "\n"),
        inLines(base64, "\r\n"),
        `${base64}\n`,
        `data:image/png;base64,${base64}`,
        `data:;BASE64,${base64}`,
        `data:image/png;name=a.png;base64,${encodeURIComponent(base64)}`,
        `data:image/png;base64,${inLines(base64, "\n")}`,
        `data:image/jpeg,${percentEncoded(bytes)}`,
        `data:,${percentEncoded(bytes).toUpperCase()}`,
      ];
      for (const text of texts) expect(decodeBase64(text)).toEqual(Uint8Array.from(bytes));
    }),
  );
});

test("a data: URL can mix plain characters and percent-encoded bytes", () => {
  expect(decodeBase64("data:image/png,%89PNG%0D%0A%1a%0A")).toEqual(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  );
});

test.each([
  "",
  "\n",
  "A",
  "AAAAA",
  "A===",
  "AA=A",
  "AA=",
  "AA.A",
  "data:image/png;base64,",
  "data:image/png;base64,A%",
  "data:image/png,",
  "data:image/png,%F",
  "data:image/png,%zz",
  "data:image/png,\u00ff",
  "\u{1F600}\u{1F600}",
])("%j is not valid picture data", (text) => {
  expect(decodeBase64(text)).toMatchObject({ kind: "badImage", reason: "CORRUPT" });
});

test("a picture can have exactly 10 MB as base64, with or without line breaks, and not a byte more", async () => {
  const [largest, larger] = [MAX_BASE64_PICTURE_BYTES, MAX_BASE64_PICTURE_BYTES + 1].map((length) =>
    Buffer.alloc(length).toString("base64"),
  );
  expect(isBadImage(decodeBase64(largest!))).toBe(false);
  expect(isBadImage(decodeBase64(inLines(largest!, "\r\n")))).toBe(false);
  expect(decodeBase64(larger!)).toMatchObject({
    reason: "TOO_LARGE",
    message: "The picture's file has 10.1 MB; the limit is 10 MB. Make it smaller, or send it as an upload.",
  });
  expect(decodeBase64("A".repeat(3 * larger!.length))).toMatchObject({ reason: "TOO_LARGE" });
  expect(decodeBase64(`data:,${"%00".repeat(MAX_BASE64_PICTURE_BYTES + 1)}`)).toMatchObject({ reason: "TOO_LARGE" });
});

test("an upload can have exactly 20 MB and not a byte more", async () => {
  const read = (length: number) => pictureFrom({ upload: new Uint8Array(length) }, noFetch).read();
  expect(await read(MAX_PICTURE_BYTES)).toHaveLength(MAX_PICTURE_BYTES);
  expect(await read(MAX_PICTURE_BYTES + 1)).toMatchObject({
    reason: "TOO_LARGE",
    message: "The picture's file has 20.1 MB; the limit is 20 MB. Make it smaller.",
  });
});

test("an upload and base64 of the same bytes have the same fingerprint; the fingerprint of a URL is the URL", async () => {
  const bytes = Uint8Array.from([1, 2, 3]);
  const upload = pictureFrom({ upload: bytes }, noFetch);
  const base64 = pictureFrom({ base64: Buffer.from(bytes).toString("base64") }, noFetch);
  expect(await upload.fingerprint()).toBe(await sha256(bytes));
  expect(await base64.fingerprint()).toBe(await upload.fingerprint());
  const url = new URL("https://example.com/a.jpg?b=c");
  expect(await pictureFrom({ url }, noFetch).fingerprint()).toBe(url.href);
});
