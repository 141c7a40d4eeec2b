/** A file in React Native, as image pickers return it. */
export interface ReactNativeFile {
  uri: string;
  name?: string;
  type?: string;
}

/** The value of the GraphQL scalar `Upload`: a file of a multipart request. */
export type UploadFile = Blob | Uint8Array | ReactNativeFile;

/** An image: a file, its bytes, or its public https URL. JPEG, PNG or WebP, at most 50 megapixels and 20 MB. */
export type ImageSource = UploadFile | URL;

/** Converts an image to the GraphQL input `ImageInput`. */
export const imageInput = (image: ImageSource): { url: string } | { upload: UploadFile } =>
  image instanceof URL ? { url: image.href } : { upload: image };

export const isUpload = (value: unknown): value is UploadFile =>
  value instanceof Blob ||
  value instanceof Uint8Array ||
  (typeof value === "object" && value !== null && typeof (value as ReactNativeFile).uri === "string");
