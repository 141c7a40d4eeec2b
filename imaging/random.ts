/** Pseudorandom numbers in [0, 1). The same seed gives the same numbers on every machine. */
export function randomNumbers(seed: number): () => number {
  const bits = randomBits(seed);
  return () => bits() / 4294967296;
}

/** Pseudorandom integers in [0, 2³²). mulberry32 (Tommy Ettinger): a mixed 32-bit counter. */
export function randomBits(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
