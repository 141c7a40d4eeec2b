import { randomBits } from "../../imaging/random.ts";

/** Choices that are the same for the same seed. */
export interface Random {
  /** A whole number in [0, below). */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function randomOf(seed: number, index: number): Random {
  // Neighbouring indices would begin with neighbouring states of the generator; its first output mixes them.
  const bits = randomBits(randomBits(seed)() ^ Math.imul(index + 1, 0x9e3779b1));
  const int = (below: number) => Math.floor((bits() / 2 ** 32) * below);
  return {
    int,
    chance: (probability) => bits() / 2 ** 32 < probability,
    pick: (from) => from[int(from.length)]!,
  };
}
