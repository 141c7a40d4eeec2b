/** A picture that cannot be used, and why. Vision and the guarded fetch both answer with it. */
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

/** The largest picture file that is accepted, in bytes: as an upload or at an address. */
export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
/** The largest as base64, in bytes once decoded. Its text takes another four thirds of the isolate's memory. */
export const MAX_BASE64_PICTURE_BYTES = 10 * 1024 * 1024;

/** Bytes as megabytes of 2²⁰, rounded up to a decimal, so that what is beyond a limit reads so. */
const megabytes = (bytes: number): string => (Math.ceil((10 * bytes) / 2 ** 20) / 10).toString();

/** `bytes`: how large the file is, where that is known. */
export const tooLarge = (bytes: number | undefined, limit: number, advice = "Make it smaller."): BadImage => ({
  kind: "badImage",
  reason: "TOO_LARGE",
  message: `The picture's file has ${bytes === undefined ? "more than" : `${megabytes(bytes)} MB; the limit is`} ${megabytes(limit)} MB. ${advice}`,
});

/** A picture that a client gave, by whatever way: read when it is needed. */
export interface Picture {
  /** Stands for the picture in an idempotency key: the hash of its bytes, or its address. */
  fingerprint(): Promise<string>;
  read(): Promise<Uint8Array | BadImage>;
}

export const isBadImage = (read: Uint8Array | BadImage): read is BadImage => !(read instanceof Uint8Array);
