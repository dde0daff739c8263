import { createHmac, hash, randomFillSync } from 'node:crypto';

/**
 * 32 bytes in unpadded base64url (RFC 4648 section 5). The last character carries four bits of data and two
 * that must be zero, so only 16 letters may stand there: every id has exactly one spelling.
 */
const CANONICAL_ID = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const ID_BYTES = 32;
/** Drawn for 128 ids at once: asking the system costs more than the rest of making a session. */
const randomness = Buffer.alloc(128 * ID_BYTES);
let used = randomness.length;

/**
 * Makes a session id of 256 bits from the system's secure random source.
 *
 * @internal
 */
export function newSessionId(): string {
  if (used === randomness.length) {
    randomFillSync(randomness);
    used = 0;
  }
  return randomness.toString('base64url', used, (used += ID_BYTES));
}

/**
 * The id that renews another. Without the old id or the salt it is as unguessable as a new one. A store with the salt
 * therefore holds no id, and an old id from elsewhere leads nowhere without the store.
 *
 * @internal
 */
export function renewedId(oldId: string, salt: string): string {
  return createHmac('sha256', oldId).update(salt).digest('base64url');
}

/**
 * Whether the text has the one spelling that {@link newSessionId} gives an id.
 *
 * @internal
 */
export function isSessionId(text: string): boolean {
  return CANONICAL_ID.test(text);
}

/**
 * The name under which a store keeps the session: the SHA-256 of its id. A reader of the store learns no id, and a
 * lookup takes the same time however much of an id was guessed right.
 *
 * @internal
 */
export function storeKeyOf(id: string): string {
  return hash('sha256', id, 'base64url');
}
