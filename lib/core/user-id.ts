import { userIdUnsupported } from './session-errors.js';

/**
 * Whether a user can have this id. Not every store keeps U+0000 and lone surrogates: PostgreSQL refuses them, and Redis
 * would take two such users for one.
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

/** Throws SESSION_VALUE_UNSUPPORTED unless the value can be the id of a user. @internal */
export function assertUserId(given: unknown): asserts given is string {
  if (!isUserId(given)) throw userIdUnsupported();
}
