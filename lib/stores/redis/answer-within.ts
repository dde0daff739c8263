import type { Clock } from '../../core/options/clock.js';

/**
 * Resolves to the answer, or rejects if it takes too long.
 *
 * @internal
 */
export async function answerWithin<T>(
  limitMs: number,
  answer: Promise<T>,
  clock: Clock,
): Promise<T> {
  let cancel = (): void => undefined;
  const limit = new Promise<never>((_, reject) => {
    cancel = clock.schedule(limitMs, () => reject(new Error(`no answer within ${limitMs} ms`)));
  });
  return Promise.race([answer, limit]).finally(() => cancel());
}
