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

/** The largest picture file that is accepted, in bytes. */
export const MAX_PICTURE_BYTES = 10 * 1024 * 1024;

/** A picture that a client gave, by whatever way: read when it is needed. */
export interface Picture {
  /** Stands for the picture in an idempotency key: the hash of its bytes, or its address. */
  fingerprint(): Promise<string>;
  read(): Promise<Uint8Array | BadImage>;
}

export const isBadImage = (read: Uint8Array | BadImage): read is BadImage => !(read instanceof Uint8Array);
