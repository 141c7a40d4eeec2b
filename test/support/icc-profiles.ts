import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Color profiles like those that cameras, editors and presses embed, by ICC.1:2001-04 (version 2). */

const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
/** A signed fixed-point number with 16 fractional bits. */
const fixed = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65_536));
  return bytes;
};
const type = (name: string, ...content: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(name, "latin1"), u32(0), ...content]);
const xyz = (values: readonly number[]): Buffer => type("XYZ ", ...values.map(fixed));
const gammaCurve = (gamma: number): Buffer => type("curv", u32(1), u16(Math.round(gamma * 256)), u16(0));
/** The transfer curve of sRGB, IEC 61966-2-1, as 1,024 points. */
const srgbCurve = (): Buffer =>
  type("curv", u32(1_024), ...Array.from({ length: 1_024 }, (_, i) => u16(Math.round(65_535 * linearOf(i / 1_023)))));

/** From an sRGB value to linear light, both in [0, 1]. */
const linearOf = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

const D50 = [0.9642, 1, 0.8249];

function profile(space: "RGB " | "GRAY", tags: Record<string, Buffer>): Buffer {
  const all = Object.entries({
    desc: type("desc", u32(5), Buffer.from("test\0"), Buffer.alloc(78)),
    cprt: type("text", Buffer.from("none\0")),
    wtpt: xyz(D50),
    ...tags,
  });
  const table = [u32(all.length)];
  const data: Buffer[] = [];
  let at = 128 + 4 + 12 * all.length;
  for (const [name, tag] of all) {
    table.push(Buffer.from(name, "latin1"), u32(at), u32(tag.length));
    data.push(tag, Buffer.alloc((4 - (tag.length % 4)) % 4));
    at += tag.length + ((4 - (tag.length % 4)) % 4);
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at);
  header.writeUInt32BE(0x02400000, 8);
  header.write(`mntr${space}XYZ `, 12, "latin1");
  header.write("acsp", 36, "latin1");
  Buffer.concat(D50.map(fixed)).copy(header, 68);
  return Buffer.concat([header, ...table, ...data]);
}

/** The primaries of an RGB space in CIE XYZ adapted to D50, one column each. If `gamma` is undefined, the curve is that of sRGB. */
export interface RgbSpace {
  red: readonly number[];
  green: readonly number[];
  blue: readonly number[];
  gamma?: number;
}

export const RGB_SPACES = {
  sRGB: { red: [0.43607, 0.22249, 0.01392], green: [0.38515, 0.71687, 0.09708], blue: [0.14307, 0.06061, 0.7141] },
  AdobeRGB: {
    red: [0.60974, 0.31111, 0.01947],
    green: [0.20528, 0.62567, 0.06087],
    blue: [0.14919, 0.06322, 0.74457],
    gamma: 563 / 256,
  },
  "Display P3": {
    red: [0.51512, 0.2412, -0.00105],
    green: [0.29198, 0.69225, 0.04189],
    blue: [0.1571, 0.06657, 0.78407],
  },
  ProPhoto: {
    red: [0.79767, 0.28804, 0],
    green: [0.13519, 0.71188, 0],
    blue: [0.03134, 0.00009, 0.82491],
    gamma: 1.8,
  },
} as const satisfies Record<string, RgbSpace>;

export function rgbProfile({ red, green, blue, gamma }: RgbSpace): Buffer {
  const curve = gamma === undefined ? srgbCurve() : gammaCurve(gamma);
  return profile("RGB ", {
    rXYZ: xyz(red),
    gXYZ: xyz(green),
    bXYZ: xyz(blue),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
  });
}

export const grayProfile = (gamma: number): Buffer => profile("GRAY", { kTRC: gammaCurve(gamma) });

/** A press profile: CGATS 001 (SWOP), public domain, included in pdf.js. */
export const pressProfile = (): Buffer =>
  readFileSync(createRequire(import.meta.url).resolve("pdfjs-dist/iccs/CGATS001Compat-v2-micro.icc"));

/** CIE XYZ at D50 to linear sRGB. */
const FROM_XYZ = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

const encoded = (light: number): number => {
  const inside = Math.min(1, Math.max(0, light));
  return 255 * (inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055);
};

/** Converts a color of the space to sRGB by the definitions of both. Channels in [0, 255], not rounded. */
export function inSrgb({ red, green, blue, gamma }: RgbSpace, color: readonly number[]): number[] {
  const light = color.map((level) => (gamma === undefined ? linearOf(level / 255) : (level / 255) ** gamma));
  const tristimulus = [0, 1, 2].map((i) => red[i]! * light[0]! + green[i]! * light[1]! + blue[i]! * light[2]!);
  return FROM_XYZ.map((row) => encoded(row.reduce<number>((sum, weight, i) => sum + weight * tristimulus[i]!, 0)));
}

/** Converts a gray level with this gamma to sRGB. */
export const grayInSrgb = (gamma: number, level: number): number => encoded((level / 255) ** gamma);
