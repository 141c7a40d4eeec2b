/** What a JPEG's frame header says. */
export interface JpegFrame {
  width: number;
  height: number;
  /** 1 grey, 3 colour, 4 CMYK or YCCK. */
  components: number;
}

/** `complete`: an end-of-image marker closes the picture; what follows it does not count. */
export interface JpegStructure {
  frame: JpegFrame;
  complete: boolean;
  /** Where the first scan begins: all metadata lie before it. */
  scanStart: number;
}

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
  let at = 2;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) break;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined || marker === EOI) {
      return frame && scanStart > 0 ? { frame, complete: marker === EOI, scanStart } : undefined;
    }
    if (marker === 0 || standsAlone(marker)) continue;
    if (at + 2 > bytes.length) break;
    const length = u16(bytes, at);
    if (length < 2) return undefined;
    if (isFrameHeader(marker)) {
      if (frame || length < 8 || at + 8 > bytes.length) return undefined;
      frame = { height: u16(bytes, at + 3), width: u16(bytes, at + 5), components: bytes[at + 7]! };
    }
    if (marker === SOS && scanStart === 0) {
      if (!frame) return undefined;
      scanStart = at - 2;
    }
    at += length;
  }
  return frame && { frame, complete: false, scanStart };
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
