/** Steps of each ink in the table. With 11, LittleCMS is within 4 levels of 255 of the formula; the profile has 88 KB. */
const STEPS = 11;

let cachedProfile: Uint8Array | undefined;

/**
 * An ICC profile for CMYK pictures that have none. It describes how browsers show them: each ink transmits its share of the
 * light, and the remainder is sRGB, r = (1 − c)(1 − k). With it, a reader that applies profiles, such as the Images binding,
 * shows the picture as this decoder does.
 *
 * A version 2 output profile with the tag A2B0: a 16-bit table (lut16Type) to Lab. ICC.1:2001-04, sections 6.1 and 6.5.7.
 */
export function plainCmykProfile(): Uint8Array {
  cachedProfile ??= profile({
    desc: ascii(`desc\0\0\0\0\0\0\0\x0bPlain CMYK\0${"\0".repeat(78)}`),
    cprt: ascii("text\0\0\0\0CC0\0"),
    wtpt: [...ascii("XYZ \0\0\0\0"), ...D50.flatMap((value) => u32(Math.round(value * 65_536)))],
    A2B0: lut16(),
  });
  return cachedProfile;
}

const D50 = [0.9642, 1, 0.8249] as const;
/** sRGB's primaries in CIE XYZ, adapted to D50 by the Bradford method. IEC 61966-2-1. */
const TO_XYZ = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const;

/** A table from inks to Lab, black varying fastest. The input and output curves are the identity. */
function lut16(): number[] {
  const identity = [0, 0xffff].flatMap(u16);
  const colours: number[] = [];
  for (let node = 0; node < STEPS ** 4; node++) {
    const [cyan, magenta, yellow, black] = [3, 2, 1, 0].map(
      (place) => (Math.floor(node / STEPS ** place) % STEPS) / (STEPS - 1),
    ) as [number, number, number, number];
    colours.push(...labOf([cyan, magenta, yellow].map((ink) => (1 - ink) * (1 - black))));
  }
  const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1].flatMap((value) => u32(value * 65_536));
  return [
    ...ascii("mft2\0\0\0\0"),
    ...[4, 3, STEPS, 0],
    ...matrix,
    ...u16(2),
    ...u16(2),
    ...Array.from({ length: 4 }, () => identity).flat(),
    ...colours.flatMap(u16),
    ...Array.from({ length: 3 }, () => identity).flat(),
  ];
}

/** sRGB in [0, 1] to 16-bit Lab as encoded in version 2: L* = 100 is 0xFF00, a* = b* = 0 is 0x8000. */
function labOf(rgb: readonly number[]): number[] {
  const linear = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  const [x, y, z] = TO_XYZ.map((row, i) => {
    const share = row.reduce((sum, weight, channel) => sum + weight * linear[channel]!, 0) / D50[i]!;
    return share > 216 / 24_389 ? Math.cbrt(share) : (841 / 108) * share + 4 / 29;
  }) as [number, number, number];
  const [lightness, a, b] = [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  return [lightness * 652.8, (a + 128) * 256, (b + 128) * 256].map((value) =>
    Math.min(0xffff, Math.max(0, Math.round(value))),
  );
}

/** Header, tag table, and the tags, each aligned to four bytes. */
function profile(tags: Readonly<Record<string, number[]>>): Uint8Array {
  const names = Object.keys(tags);
  const table: number[] = u32(names.length);
  const data: number[] = [];
  for (const name of names) {
    const tag = tags[name]!;
    table.push(...ascii(name), ...u32(128 + 4 + 12 * names.length + data.length), ...u32(tag.length));
    for (const byte of tag) data.push(byte);
    while (data.length % 4 !== 0) data.push(0);
  }
  const bytes = new Uint8Array(128 + table.length + data.length);
  const write = (at: number, values: readonly number[]) => bytes.set(values, at);
  write(0, u32(bytes.length));
  write(8, u32(0x02400000));
  write(12, ascii("prtrCMYKLab "));
  write(36, ascii("acsp"));
  write(
    68,
    D50.flatMap((value) => u32(Math.round(value * 65_536))),
  );
  write(128, table);
  write(128 + table.length, data);
  return bytes;
}

const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const u16 = (value: number): number[] => [value >>> 8, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
