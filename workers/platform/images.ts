/**
 * Shrinks a picture that is too large to decode in an isolate, through the Images binding, which decodes it elsewhere. The binding
 * reads the parts as they are, without copying them. A transparent picture comes back as PNG, because JPEG has no transparency and
 * the binding would choose the ground: black on one's own machine.
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
      // With a quality, a PNG would get a palette.
      .output(transparent ? { format: "image/png" } : { format: "image/jpeg", quality: 95 });
    return new Uint8Array(await result.response().arrayBuffer());
  };

function streamOf(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...parts];
  return new ReadableStream({
    pull(controller) {
      const part = left.shift();
      if (part) controller.enqueue(part);
      else controller.close();
    },
  });
}
