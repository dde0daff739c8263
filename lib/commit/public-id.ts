import { hash } from 'node:crypto';

/** @internal */
export interface PublicId {
  readonly userId: string;
  /** The hash of the lineage, shortened. */
  readonly mark: string;
}

const PUBLIC_ID = /^([\w-]+)\.([\w-]{22})$/;

/**
 * Identifies a session to a holder who may end it, and opens nothing. A store key is the hash of a session id, and a
 * public id holds the hash of a store key.
 *
 * @internal
 */
export function publicIdOf(userId: string, lineage: string): string {
  return `${encoded(userId)}.${markOf(lineage)}`;
}

/**
 * The parts of a public id; undefined for anything else.
 *
 * @internal
 */
export function parsePublicId(publicId: unknown): PublicId | undefined {
  const [, user, mark] = (typeof publicId === 'string' && PUBLIC_ID.exec(publicId)) || [];
  if (user === undefined || mark === undefined) return undefined;
  const userId = decoded(user);
  return userId === undefined ? undefined : { userId, mark };
}

/** @internal */
export function markOf(lineage: string): string {
  return hash('sha256', lineage, 'base64url').slice(0, 22);
}

/** Encoded as in JSON, which keeps any text; short, since a public id may be part of a path. */
function encoded(userId: string): string {
  return Buffer.from(JSON.stringify(userId).slice(1, -1)).toString('base64url');
}

function decoded(user: string): string | undefined {
  try {
    const userId: unknown = JSON.parse(`"${Buffer.from(user, 'base64url').toString()}"`);
    return typeof userId === 'string' && encoded(userId) === user ? userId : undefined;
  } catch {
    return undefined;
  }
}
