import type { Box } from "../../imaging/face-mask.ts";
import type { Painting } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import type { PROVIDERS, Provider } from "../engine/provider.ts";
import type { Losses, OnStep } from "./optimise.ts";

export const RECIPES = ["painterly", "gatys"] as const;
export type Recipe = (typeof RECIPES)[number];

/** What to paint and how. Whatever is left out is the recipe's. */
export interface StylizeRequest {
  /** At the size of the result. */
  content: Picture;
  paintings: readonly Painting[];
  recipe: Recipe;
  /** Where people are to stay people. */
  faces?: readonly Box[];
  steps?: number;
  /** α and β: 1 is the loss of a picture that has nothing of the content, or of the style. */
  contentWeight?: number;
  styleWeight?: number;
  /** Weight of the total variation. */
  smoothness?: number;
  contentLayer?: string;
  /** Style layers and their shares. */
  styleLayers?: Readonly<Record<string, number>>;
  start?: "content" | "noise";
  optimizer?: "adam" | "lbfgs";
  learningRate?: number;
  /** The photograph's chroma under the painting's strokes. */
  preserveColors?: boolean;
  /** The same seed and provider give the same picture. */
  seed?: number;
  provider?: (typeof PROVIDERS)[number];
  threads?: number;
  /** Where an earlier attempt came to. */
  resume?: { step: number; picture: Picture };
}

export interface StylizeResult {
  picture: Picture;
  /** A step each. */
  losses: readonly Losses[];
  provider: Provider;
}

export interface StylizeHooks {
  /** The steps begin: how many, and what reckons them. */
  onStart?: (start: { steps: number; provider: Provider }) => void;
  onStep?: OnStep;
  /** Something that has no steps begins: "painting with patches". */
  onPhase?: (phase: string) => void;
  signal?: AbortSignal;
}
