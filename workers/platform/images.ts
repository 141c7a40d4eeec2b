/**
 * Shrinks a picture that is too large to decode in an isolate, through the Images binding, which decodes it elsewhere.
 * It applies the EXIF orientation itself: what comes back is an upright JPEG of at most the size asked for.
 * https://developers.cloudflare.com/images/transform-images/bindings/
 */
export const imagesShrink =
  (images: ImagesBinding) =>
  async (bytes: Uint8Array, { width, height }: { width: number; height: number }): Promise<Uint8Array> => {
    const result = await images
      .input(new Blob([bytes as Uint8Array<ArrayBuffer>]).stream())
      .transform({ width, height, fit: "scale-down" })
      .output({ format: "image/jpeg", quality: 95 });
    return new Uint8Array(await result.response().arrayBuffer());
  };
