import { userIdUnsupported } from '../errors/session-errors.js';

/**
 * Whether a value can be a user id. Not every store keeps U+0000 and lone surrogates: PostgreSQL refuses them, and
 * Redis would treat two such users as one.
 *
 * @internal
 */
export function isUserId(given: unknown): given is string {
  return (
    typeof given === 'string' &&
    given !== '' &&
    !given.includes('\0') &&
    !/\p{Surrogate}/u.test(given)
  );
}

/** Throws SESSION_VALUE_UNSUPPORTED unless the value can be a user id. @internal */
export function assertUserId(given: unknown): asserts given is string {
  if (!isUserId(given)) throw userIdUnsupported();
}
