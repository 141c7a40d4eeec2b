/** The outcome for a picture that cannot be used. */
export interface BadImage {
  kind: "badImage";
  reason: BadImageReason;
  message: string;
}

export type BadImageReason =
  | "UNSUPPORTED_FORMAT"
  | "CORRUPT"
  | "TOO_LARGE"
  | "TOO_SMALL"
  | "TOO_MANY_PIXELS"
  | "UNREACHABLE"
  | "FORBIDDEN_ADDRESS";

/** The maximum size of a picture file that is uploaded or fetched from a URL, in bytes. */
export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
/** The maximum size of a picture that is sent as base64, in decoded bytes. The text takes another 4/3 of that in the isolate. */
export const MAX_BASE64_PICTURE_BYTES = 10 * 1024 * 1024;

/** Bytes in megabytes of 2²⁰, rounded up to one decimal, so that a size just above a limit does not look equal to it. */
const megabytes = (bytes: number): string => (Math.ceil((10 * bytes) / 2 ** 20) / 10).toString();

/** `bytes`: the size of the file, if known. */
export const tooLarge = (bytes: number | undefined, limit: number, advice = "Make it smaller."): BadImage => ({
  kind: "badImage",
  reason: "TOO_LARGE",
  message: `The picture's file has ${bytes === undefined ? "more than" : `${megabytes(bytes)} MB; the limit is`} ${megabytes(limit)} MB. ${advice}`,
});

/** A picture that a client sent as an upload, as base64 or as a URL. It is read when it is needed. */
export interface Picture {
  /** Identifies the picture in an idempotency key: the hash of its bytes, or its URL. */
  fingerprint(): Promise<string>;
  read(): Promise<Uint8Array | BadImage>;
}

export const isBadImage = (read: Uint8Array | BadImage): read is BadImage => !(read instanceof Uint8Array);
