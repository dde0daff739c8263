import { createHmac } from 'node:crypto';
import { isSameSecret } from '../core/session/same-secret.js';

/**
 * The value `id.signature`: HMAC-SHA256 in base64url over the cookie's name and the id, so that a signed value means
 * nothing in a cookie of another name.
 *
 * @internal
 */
export function sign(name: string, id: string, secret: string): string {
  return `${id}.${macOf(name, id, secret).toString('base64url')}`;
}

/**
 * The id in a signed value, or undefined if none of the secrets signed it.
 *
 * @internal
 */
export function unsign(
  name: string,
  value: string,
  secrets: readonly string[],
): string | undefined {
  const dot = value.indexOf('.');
  if (dot === -1) return undefined;
  const id = value.slice(0, dot);
  // Compares the text and not its bytes, so that a signature has one spelling too.
  const isSigned = secrets.some((secret) => isSameSecret(sign(name, id, secret), value));
  return isSigned ? id : undefined;
}

function macOf(name: string, id: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${name}=${id}`).digest();
}
