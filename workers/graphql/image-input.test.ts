import fc from "fast-check";
import { expect, test } from "vitest";
import { isBadImage, MAX_PICTURE_BYTES } from "../platform/picture.ts";
import { sha256 } from "../platform/sha256.ts";
import { decodeBase64, pictureFrom } from "./image-input.ts";

const nowhere = () => Promise.reject(new Error("The network was used."));

test("base64 gives back the bytes, plain or in a data: URL", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const base64 = Buffer.from(bytes).toString("base64");
      for (const text of [base64, `data:image/png;base64,${base64}`, `data:;BASE64,${base64}`]) {
        expect(decodeBase64(text)).toEqual(Uint8Array.from(bytes));
      }
    }),
  );
});

test.each([
  "",
  "A",
  "AA",
  "AAA",
  "A===",
  "AAAA\n",
  " AAAA",
  "AA-_",
  "AA=A",
  "data:image/png,AAAA",
  "\u{1F600}\u{1F600}",
])("%j is no base64", (text) => {
  expect(decodeBase64(text)).toMatchObject({ kind: "badImage", reason: "CORRUPT" });
});

test("a picture may have 10 MB and not a byte more", async () => {
  const [largest, larger] = [MAX_PICTURE_BYTES, MAX_PICTURE_BYTES + 1].map((length) => Buffer.alloc(length));
  expect(isBadImage(decodeBase64(largest!.toString("base64")))).toBe(false);
  expect(decodeBase64(larger!.toString("base64"))).toMatchObject({ reason: "TOO_LARGE" });
  const file = (bytes: Buffer<ArrayBuffer>) => pictureFrom({ upload: new File([bytes], "a.jpg") }, nowhere).read();
  expect(await file(largest!)).toHaveLength(MAX_PICTURE_BYTES);
  expect(await file(larger!)).toMatchObject({ reason: "TOO_LARGE" });
});

test("an upload and base64 of the same bytes have one fingerprint; an address stands for itself", async () => {
  const bytes = Uint8Array.from([1, 2, 3]);
  const upload = pictureFrom({ upload: new File([bytes], "a.jpg") }, nowhere);
  const base64 = pictureFrom({ base64: Buffer.from(bytes).toString("base64") }, nowhere);
  expect(await upload.fingerprint()).toBe(await sha256(bytes));
  expect(await base64.fingerprint()).toBe(await upload.fingerprint());
  const url = new URL("https://example.com/a.jpg?b=c");
  expect(await pictureFrom({ url }, nowhere).fingerprint()).toBe(url.href);
});
