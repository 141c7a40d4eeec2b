import type { FaceBox } from "../../imaging/face-mask.ts";
import type { Painting } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import type { PROVIDERS, Provider } from "../engine/provider.ts";
import type { Losses, OnStep } from "./optimize.ts";

export const RECIPES = ["painterly", "gatys"] as const;
export type Recipe = (typeof RECIPES)[number];

/** A stylization request. Omitted fields have the recipe's defaults. */
export interface StylizeRequest {
  /** The photograph, at the size of the result. */
  content: Picture;
  paintings: readonly Painting[];
  recipe: Recipe;
  /** Faces, whose content is weighted more so that they stay recognizable. */
  faces?: readonly FaceBox[];
  steps?: number;
  /** α and β. Each term is relative: it is 1 for a picture that shares nothing with the content, or with the style. */
  contentWeight?: number;
  styleWeight?: number;
  /** The weight of the total variation penalty. */
  smoothness?: number;
  contentLayer?: string;
  /** Style layers and their weights. */
  styleLayers?: Readonly<Record<string, number>>;
  start?: "content" | "noise";
  optimizer?: "adam" | "lbfgs";
  learningRate?: number;
  /** Keeps the photograph's chroma, under the painting's strokes. */
  preserveColors?: boolean;
  /** The seed of the random numbers. The same seed and provider give the same picture. Default: 1. */
  seed?: number;
  provider?: (typeof PROVIDERS)[number];
  threads?: number;
  /** The checkpoint of an earlier attempt. */
  resume?: { step: number; picture: Picture };
}

export interface StylizeResult {
  picture: Picture;
  /** One entry for each step. */
  losses: readonly Losses[];
  provider: Provider;
}

export interface StylizeHooks {
  /** Called when the steps begin, with their number and the execution provider. */
  onStart?: (start: { steps: number; provider: Provider }) => void;
  onStep?: OnStep;
  /** Called when a phase without steps begins, with its description. */
  onPhase?: (phase: string) => void;
  signal?: AbortSignal;
}
