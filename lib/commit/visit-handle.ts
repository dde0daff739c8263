import { hash } from 'node:crypto';

/** @internal */
export interface VisitHandle {
  readonly userId: string;
  /** The hash of the visit, shortened. */
  readonly mark: string;
}

const HANDLE = /^([\w-]+)\.([\w-]{22})$/;

/**
 * Names a visit to those who may end it: by what finds it, and by nothing that opens it. A store key is the hash of an
 * id, and this holds the hash of a store key.
 *
 * @internal
 */
export function visitHandle(userId: string, visit: string): string {
  return `${encoded(userId)}.${markOf(visit)}`;
}

/**
 * What a handle names; undefined for what is no handle.
 *
 * @internal
 */
export function parseVisitHandle(handle: unknown): VisitHandle | undefined {
  const [, user, mark] = (typeof handle === 'string' && HANDLE.exec(handle)) || [];
  if (user === undefined || mark === undefined) return undefined;
  const userId = decoded(user);
  return userId === undefined ? undefined : { userId, mark };
}

/** @internal */
export function markOf(visit: string): string {
  return hash('sha256', visit, 'base64url').slice(0, 22);
}

/** As JSON writes it, which keeps any text, and short, since a handle may stand in a path. */
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
