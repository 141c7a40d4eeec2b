import type { CallOptions, SemblanceClient } from "./client.ts";
import {
  OptimizeStyleDocument,
  type OptimizeStyleInput,
  type OptimizeStyleMutation,
  type StyleFragment,
  StylesDocument,
  StylizeDocument,
  type StylizeInput,
  type StylizeMutation,
  TrainStyleDocument,
  type TrainStyleInput,
  type TrainStyleMutation,
} from "./documents.generated.ts";
import { newIdempotencyKey } from "./idempotency.ts";
import { type ImageSource, imageInput } from "./images.ts";
import { call } from "./send.ts";

export type Style = StyleFragment;

export type StylizeRequest = Omit<StylizeInput, "image"> & {
  /** The photograph. */
  image: ImageSource;
};

/** A painting: that of a style, or an image of one. */
export type PaintingSource = { styleId: string } | { image: ImageSource };

export type OptimizeStyleRequest = Omit<OptimizeStyleInput, "content" | "styles"> & {
  /** The photograph. */
  content: ImageSource;
  /** The paintings, 1 to 4. `weight`: how much of the style comes from this painting. */
  styles: readonly { source: PaintingSource; weight?: number }[];
};

export type TrainStyleRequest = Omit<TrainStyleInput, "style"> & {
  /** An image of the painting. */
  style: ImageSource;
};

export type StylizeOutcome = StylizeMutation["stylize"];
export type OptimizeStyleOutcome = OptimizeStyleMutation["optimizeStyle"];
export type TrainStyleOutcome = TrainStyleMutation["trainStyle"];

/** Returns the built-in styles, then the trained styles of the tenant. */
export const styles = async (client: SemblanceClient, options?: CallOptions): Promise<Style[]> =>
  (await call(client, StylesDocument, {}, options)).styles;

/** Stylizes an image with the network of a style. */
export async function stylize(
  client: SemblanceClient,
  { image, ...request }: StylizeRequest,
  options?: CallOptions,
): Promise<StylizeOutcome> {
  return (await call(client, StylizeDocument, { input: { ...request, image: imageInput(image) } }, options)).stylize;
}

/** Starts a stylization by optimization. Follow it with `watchJob`. A repeated attempt starts no second job. */
export async function optimizeStyle(
  client: SemblanceClient,
  { content, styles, ...request }: OptimizeStyleRequest,
  options?: CallOptions,
): Promise<OptimizeStyleOutcome> {
  const input = {
    idempotencyKey: newIdempotencyKey(),
    ...request,
    content: imageInput(content),
    styles: styles.map(({ source, ...rest }) => ({
      ...rest,
      source: "image" in source ? { image: imageInput(source.image) } : source,
    })),
  };
  return (await call(client, OptimizeStyleDocument, { input }, options)).optimizeStyle;
}

/** Starts the training of a style. Follow it with `watchJob`. A repeated attempt starts no second job. */
export async function trainStyle(
  client: SemblanceClient,
  { style, ...request }: TrainStyleRequest,
  options?: CallOptions,
): Promise<TrainStyleOutcome> {
  const input = { idempotencyKey: newIdempotencyKey(), ...request, style: imageInput(style) };
  return (await call(client, TrainStyleDocument, { input }, options)).trainStyle;
}
