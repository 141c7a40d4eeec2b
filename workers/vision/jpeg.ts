/** What a JPEG's frame header says. */
interface JpegFrame {
  width: number;
  height: number;
  /** 1 grey, 3 colour, 4 CMYK or YCCK. */
  components: number;
}

export interface JpegStructure {
  frame: JpegFrame;
  /** An end-of-image marker closes the picture; what follows it does not count. */
  complete: boolean;
  /** Where the first scan begins: all metadata that count lie before it. */
  scanStart: number;
  /** Is it made of so many parts that only someone who wants to waste our time makes it so? */
  tangled: boolean;
}

/** mozjpeg's own progressive pictures have about ten. A decoder goes through all pixels for each, however short it is. */
const MOST_SCANS = 64;
/** Metadata of ten megabytes fit in 200. mozjpeg's time rises with the square: 250,000 take it 40 seconds. */
const MOST_SEGMENTS = 10_000;

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

const SOS = 0xda;
const EOI = 0xd9;
/** SOF0 to SOF15, without DHT (C4), JPG (C8) and DAC (CC), which live among them. ITU-T T.81, table B.1. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
/** TEM and the restart markers stand alone: no length follows. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/**
 * Walks a JPEG's markers by their lengths (ITU-T T.81, annex B) without decoding anything, so that markers inside
 * segments, such as those of an EXIF thumbnail, do not count. Undefined if there is no frame header before the scan,
 * or more than one.
 */
export function walkJpeg(bytes: Uint8Array): JpegStructure | undefined {
  let frame: JpegFrame | undefined;
  let scanStart = 0;
  let scans = 0;
  let segments = 0;
  const structure = (complete: boolean): JpegStructure | undefined =>
    frame && { frame, complete, scanStart, tangled: scans > MOST_SCANS || segments > MOST_SEGMENTS };

  for (let at = bytes.indexOf(0xff, 2); at >= 0; at = bytes.indexOf(0xff, at)) {
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === EOI) return scans > 0 ? structure(true) : undefined;
    if (marker === 0 || (marker !== undefined && standsAlone(marker))) continue;
    if (at + 2 > bytes.length) break;
    const length = u16(bytes, at);
    if (length < 2) return undefined;
    segments++;
    if (marker === SOS) {
      if (!frame) return undefined;
      if (scans++ === 0) scanStart = at - 2;
    } else if (isFrameHeader(marker!)) {
      if (frame || length < 8 || at + 8 > bytes.length) return undefined;
      frame = { height: u16(bytes, at + 3), width: u16(bytes, at + 5), components: bytes[at + 7]! };
    }
    at += length;
  }
  return structure(false);
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
