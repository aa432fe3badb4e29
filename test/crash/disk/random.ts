/** A linear congruential generator (Numerical Recipes): repeatable, and good enough to spread faults. 0 ≤ r < 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
