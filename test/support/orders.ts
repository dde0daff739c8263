const MOST_FOR_ALL_ORDERS = 5;
const SHUFFLES = 300;

/** All orders of a few things; of more, some hundred that are the same in every run. */
export function ordersOf<T>(things: readonly T[]): T[][] {
  if (things.length <= MOST_FOR_ALL_ORDERS) return permutationsOf(things);
  const random = seededRandom(things.length);
  return Array.from({ length: SHUFFLES }, () => shuffled(things, random));
}

function permutationsOf<T>(things: readonly T[]): T[][] {
  if (things.length === 0) return [[]];
  return things.flatMap((first, n) =>
    permutationsOf(things.toSpliced(n, 1)).map((rest) => [first, ...rest]),
  );
}

function shuffled<T>(things: readonly T[], random: () => number): T[] {
  const left = [...things];
  return things.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

/** Numbers from 0 to below 1 that follow from the seed (a linear congruence, of which the high bits are used). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
