import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { TypeID } from "typeid-js";
import { expect, test } from "vitest";
import { SHIPPED_STYLES } from "./styles.ts";

const FOLDER = resolve(import.meta.dirname, "styles");

/** RFC 9562, section 6.6: the URL namespace. */
const URLS = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/** RFC 9562, section 5.5, as a TypeID. */
function idOf(name: string): string {
  const uuid = createHash("sha1").update(URLS).update(`urn:semblance:style:${name}`).digest().subarray(0, 16);
  uuid[6] = (uuid[6]! & 0x0f) | 0x50;
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return TypeID.fromUUIDBytes("sty", new Uint8Array(uuid)).toString();
}

test("every style folder is in the list of shipped styles", () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(SHIPPED_STYLES.map(({ name }) => name)).toEqual(folders.map(({ name }) => name).sort());
});

test.each(SHIPPED_STYLES)(
  "$name: its id is derived from its name, and its net has the manifest's hash",
  ({ id, name, net }) => {
    expect(id).toBe(idOf(name));
    const bytes = readFileSync(resolve(FOLDER, name, "net.onnx"));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(net.sha256);
    expect(bytes.length).toBe(net.bytes);
    expect(net.psnr).toBeGreaterThan(30);
  },
);
