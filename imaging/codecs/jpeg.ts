import { ICC_LIMIT } from "./icc.ts";
import { FileParts } from "./parts.ts";

/** The fields of a JPEG's frame header. */
interface JpegFrame {
  width: number;
  height: number;
  /** 1 gray, 3 color, 4 CMYK or YCCK. */
  components: number;
  /** The feature that the decoders do not support, as a noun: "arithmetic coding". */
  unsupported?: string;
}

export interface JpegStructure {
  frame: JpegFrame;
  /** The picture ends with an end-of-image marker. Bytes after the marker are not read. */
  complete: boolean;
  /** The file has more scans or segments than the limits below: probably an attack on the decoder's time. */
  excessive: boolean;
  /** The file without metadata, comments and trailing bytes. */
  parts: readonly Uint8Array[];
  /** The TIFF block of the first EXIF segment. A segment has at most 64 KB. */
  exif?: Uint8Array;
  /** The embedded ICC profile, if all its segments are present and it has at most 4 MB. */
  profile?: Uint8Array;
}

/** mozjpeg's own progressive pictures have about ten scans. A decoder visits all pixels in each scan, however short it is. */
const MAX_SCANS = 64;
/** Ten megabytes of metadata fit into 200 segments. mozjpeg's time grows with the square of the count: 250,000 take 40 seconds. */
const MAX_SEGMENTS = 10_000;

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

// Markers: ITU-T T.81, table B.1.
const SOS = 0xda;
const EOI = 0xd9;
const DNL = 0xdc;
const APP1 = 0xe1;
const APP2 = 0xe2;
/** SOF0 to SOF15, except DHT (C4), JPG (C8) and DAC (CC), whose codes are in the same range; and SOF55 of JPEG-LS. */
const isFrameHeader = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7;
/** TEM and the restart markers have no length. */
const hasNoLength = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
/** Comments and application segments, except JFIF (APP0) and Adobe (APP14), which define how components map to colors. */
const isMetadata = (marker: number): boolean => marker === 0xfe || (marker > 0xe0 && marker <= 0xef && marker !== 0xee);

/**
 * Walks a JPEG's markers by their lengths (ITU-T T.81, annex B) without decoding anything. Markers inside segments, such as
 * those of an EXIF thumbnail, are skipped. Undefined if the file has no frame header before the first scan, or several.
 */
export function walkJpeg(bytes: Uint8Array): JpegStructure | undefined {
  let frame: JpegFrame | undefined;
  let exif: Uint8Array | undefined;
  let scans = 0;
  let segments = 0;
  const profile = new ProfileSegments();
  const parts = new FileParts(bytes);
  const structure = (complete: boolean, end: number): JpegStructure | undefined =>
    frame && {
      frame,
      complete,
      excessive: scans > MAX_SCANS || segments > MAX_SEGMENTS,
      parts: parts.until(end),
      exif,
      profile: profile.joined(),
    };

  for (let at = bytes.indexOf(0xff, 2); at >= 0; at = bytes.indexOf(0xff, at)) {
    const start = at;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === EOI) return scans > 0 ? structure(true, at) : undefined;
    if (marker === undefined || marker === 0 || hasNoLength(marker)) continue;
    if (at + 2 > bytes.length) break;
    const length = u16(bytes, at);
    if (length < 2) return undefined;
    segments++;
    const data = bytes.subarray(at + 2, at + length);
    if (marker === SOS) {
      if (!frame) return undefined;
      scans++;
    } else if (isFrameHeader(marker)) {
      if (frame || data.length < 6) return undefined;
      frame = frameOf(marker, data);
    } else if (marker === DNL && frame?.height === 0 && frame.width > 0) {
      frame = { ...frame, height: u16(data, 0), unsupported: "a height that follows the picture" };
    } else if (scans === 0 && isMetadata(marker)) {
      if (marker === APP1 && !exif && startsWith(data, EXIF)) exif = data.subarray(EXIF.length);
      if (marker === APP2 && startsWith(data, ICC)) profile.add(data.subarray(ICC.length));
      parts.drop(start, at + length);
    }
    at += length;
  }
  return structure(false, bytes.length);
}

function frameOf(marker: number, data: Uint8Array): JpegFrame {
  const precision = data[0]!;
  const components = data[5]!;
  const unsupported =
    UNSUPPORTED_CODING[marker] ??
    (precision !== 8 ? `${precision} bits a channel` : undefined) ??
    ([1, 3, 4].includes(components) ? undefined : `${components} channels`);
  return { height: u16(data, 1), width: u16(data, 3), components, ...(unsupported && { unsupported }) };
}

/** The frame types that the decoders do not support, by marker. They support SOF0, SOF1 and SOF2. */
const UNSUPPORTED_CODING: Readonly<Record<number, string>> = {
  195: "lossless coding",
  197: "hierarchical coding",
  198: "hierarchical coding",
  199: "hierarchical coding",
  201: "arithmetic coding",
  202: "arithmetic coding",
  203: "lossless arithmetic coding",
  205: "hierarchical arithmetic coding",
  206: "hierarchical arithmetic coding",
  207: "hierarchical arithmetic coding",
  247: "JPEG-LS coding",
};

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const EXIF = latin1("Exif\0\0");
const ICC = latin1("ICC_PROFILE\0");
const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean => start.every((byte, i) => bytes[i] === byte);

/** The segments of an ICC profile. Each holds its number (from 1), the number of segments, and its share. ICC.1:2022, B.4. */
class ProfileSegments {
  readonly #shares: Uint8Array[] = [];
  #count = 0;
  #bytes = 0;
  #unusable = false;

  add(segment: Uint8Array): void {
    const [number = 0, count = 0] = segment;
    if (this.#count === 0) this.#count = count;
    this.#bytes += segment.length - 2;
    if (count !== this.#count || number === 0 || number > count || this.#shares[number] || this.#bytes > ICC_LIMIT)
      this.#unusable = true;
    else this.#shares[number] = segment.subarray(2);
  }

  joined(): Uint8Array | undefined {
    if (this.#unusable || this.#count === 0) return undefined;
    const profile = new Uint8Array(this.#bytes);
    let at = 0;
    for (let number = 1; number <= this.#count; number++) {
      const share = this.#shares[number];
      if (!share) return undefined;
      profile.set(share, at);
      at += share.length;
    }
    return profile;
  }
}

/** Profile bytes in one segment of at most 65,535 bytes: the length field takes 2, the name and the two numbers 14. */
const MAX_SHARE = 65_535 - 2 - 14;

/** Inserts an ICC profile into the parts of a JPEG that has none. */
export function withProfile(parts: readonly Uint8Array[], profile: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(profile.length / MAX_SHARE);
  const segments = Array.from({ length: count }, (_, i) => {
    const share = profile.subarray(i * MAX_SHARE, (i + 1) * MAX_SHARE);
    const length = 2 + ICC.length + 2 + share.length;
    const segment = new Uint8Array(2 + length);
    segment.set([0xff, APP2, length >> 8, length & 0xff, ...ICC, i + 1, count]);
    segment.set(share, segment.length - share.length);
    return segment;
  });
  const [first = new Uint8Array(), ...others] = parts;
  return [first.subarray(0, 2), ...segments, first.subarray(2), ...others];
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
