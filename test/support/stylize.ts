import { createCanvas } from "@napi-rs/canvas";
import { expect } from "vitest";
import type { Client } from "../../cli/client.ts";
import { decoded } from "../../cli/pictures.ts";
import { colorStatistics } from "../../imaging/color.ts";
import { type Picture, pictureOf } from "../../imaging/picture.ts";

export const STYLIZE = /* GraphQL */ `
  mutation Stylize($input: StylizeInput!) {
    stylize(input: $input) {
      __typename
      ... on Stylized {
        image { url width height contentType sha256 expiresAt }
        style { id name }
        millis
      }
      ... on BadImage { reason message }
      ... on NotFound { message }
    }
  }
`;

export interface Painted {
  __typename: string;
  image: { url: string; width: number; height: number; contentType: string; sha256: string; expiresAt: string };
  style: { id: string; name: string };
  reason: string;
  message: string;
}

/** Stylizes a picture. Default: FAST, in the style of The Starry Night. */
export async function stylize(api: Client, image: Buffer, input: Record<string, unknown> = {}): Promise<Painted> {
  const given = { image: { base64: image.toString("base64") }, styleId: "starry-night", quality: "FAST", ...input };
  return (await api.request<{ stylize: Painted }>(STYLIZE, { input: given })).stylize;
}

export const fetchUrl = (url: string, init: RequestInit = {}) =>
  fetch(url, { signal: AbortSignal.timeout(30_000), ...init });

/** Fetches the picture of an answer. */
export async function fetchPicture(answer: Painted): Promise<Picture> {
  expect(answer).toMatchObject({ __typename: "Stylized" });
  const response = await fetchUrl(answer.image.url);
  expect(response.status).toBe(200);
  return pictureOf(await decoded("result", new Uint8Array(await response.arrayBuffer())));
}

/** Distance between the colors of two pictures: means and standard deviations of each channel. */
export function colorDistance(a: Picture, b: Picture): number {
  const [one, other] = [colorStatistics(a), colorStatistics(b)];
  const deviation = ({ covariance }: typeof one) => [0, 4, 8].map((i) => Math.sqrt(covariance[i]!));
  const differences = [
    ...one.mean.map((value, i) => value - other.mean[i]!),
    ...deviation(one).map((value, i) => value - deviation(other)[i]!),
  ];
  return Math.hypot(...differences);
}

/** A PNG of one color. */
export function plainPng(width: number, height: number, color = "teal"): Buffer {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = color;
  context.fillRect(0, 0, width, height);
  return canvas.toBuffer("image/png");
}
