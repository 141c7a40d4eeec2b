/**
 * Shrinks a picture that is too large to decode in an isolate. The Images binding decodes it outside the isolate and reads the parts
 * without copying them. A transparent picture is returned as PNG: JPEG has no transparency, and the binding would choose the
 * background color (black on a local machine).
 * https://developers.cloudflare.com/images/transform-images/bindings/
 */
export const imagesShrink =
  (images: ImagesBinding) =>
  async (
    { parts, transparent }: { parts: readonly Uint8Array[]; transparent: boolean },
    { width, height }: { width: number; height: number },
  ): Promise<Uint8Array> => {
    const result = await images
      .input(streamOf(parts))
      .transform({ width, height, fit: "scale-down" })
      // With a quality, the binding would reduce a PNG to a palette.
      .output(transparent ? { format: "image/png" } : { format: "image/jpeg", quality: 95 });
    return new Uint8Array(await result.response().arrayBuffer());
  };

function streamOf(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const remaining = [...parts];
  return new ReadableStream({
    pull(controller) {
      const part = remaining.shift();
      if (part) controller.enqueue(part);
      else controller.close();
    },
  });
}
