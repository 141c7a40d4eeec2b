import { crop } from "../../imaging/border.ts";
import type { Picture } from "../../imaging/picture.ts";
import { resizePlanes } from "../../imaging/resize.ts";
import type { ImportedNet } from "../engine/import.ts";
import type { FloatTensor, SessionOptions } from "../engine/run.ts";
import { sizeOf } from "../engine/value.ts";
import { openFeatures, tensorOf } from "./statistics.ts";
import { SHIFTS, type Windows } from "./windows.ts";

/**
 * The content's features for each window and shift, computed once and cached; their total energy; and position weights
 * that count faces more.
 */
export async function openContentTarget(
  net: ImportedNet,
  layer: string,
  content: Picture,
  faces: Float32Array | undefined,
  shape: readonly number[],
  windows: Windows,
  options: SessionOptions,
) {
  const session = await openFeatures(net, windows, layer, options);
  const cache = new Map<string, Record<"target" | "positionWeights", FloatTensor>>();
  const [rows, columns] = shape.slice(2) as [number, number];
  const weightsAt = (left: number, top: number): Float32Array => {
    if (!faces) return new Float32Array(rows * columns).fill(1);
    const windowFaces = new Float32Array(windows.width * windows.height);
    for (let y = 0; y < windows.height; y++)
      windowFaces.set(faces.subarray((top + y) * content.width + left).subarray(0, windows.width), y * windows.width);
    return resizePlanes(windowFaces, windows.width, windows.height, columns, rows).map((face) => 1 + face);
  };
  const feedsFor = async (window: number, shift: number) => {
    const key = `${window} ${shift}`;
    const cached = cache.get(key);
    if (cached) return cached;
    const [left, top] = [windows.origins[window]!.x + SHIFTS[shift]!.x, windows.origins[window]!.y + SHIFTS[shift]!.y];
    const { features } = await session.run({ x: tensorOf(crop(content, left, top, windows.width, windows.height)) });
    const weights = { shape: [1, 1, rows, columns], data: weightsAt(left, top) };
    const feeds = { target: features!, positionWeights: weights };
    cache.set(key, feeds);
    return feeds;
  };
  let energy = 0;
  for (const window of windows.origins.keys()) energy += 0.5 * centerdEnergy((await feedsFor(window, 0)).target);
  return { feedsFor, energy: Math.max(energy, 1e-6), release: () => session.release() };
}

/** Σ (a − ā)², where ā is the mean of each channel. */
function centerdEnergy({ shape, data }: FloatTensor): number {
  const positions = sizeOf(shape.slice(2));
  let energy = 0;
  for (let start = 0; start < data.length; start += positions) {
    const channel = data.subarray(start, start + positions);
    const mean = channel.reduce((sum, v) => sum + v, 0) / positions;
    energy += channel.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  }
  return energy;
}
