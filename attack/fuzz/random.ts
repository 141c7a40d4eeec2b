import { randomBits } from "../../imaging/random.ts";

/** A source of random choices. The same seed gives the same choices. */
export interface Random {
  /** A whole number in [0, below). */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function seededRandom(seed: number, index: number): Random {
  // Adjacent indices must not give adjacent states of the generator. Its first output mixes the seed.
  const bits = randomBits(randomBits(seed)() ^ Math.imul(index + 1, 0x9e3779b1));
  const int = (below: number) => Math.floor((bits() / 2 ** 32) * below);
  return {
    int,
    chance: (probability) => bits() / 2 ** 32 < probability,
    pick: (from) => from[int(from.length)]!,
  };
}
