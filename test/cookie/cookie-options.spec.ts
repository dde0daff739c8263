import { parseCommitOptions } from '../../lib/commit/commit-settings.js';
import type { CookieOptions } from '../../lib/cookie/cookie-options.js';
import { parseCookieOptions } from '../../lib/cookie/cookie-settings.js';

describe('parseCookieOptions', () => {
  it.each([
    [{}, '__Host-sid'],
    [{ secure: false }, 'sid'],
    [{ domain: 'example.com' }, '__Secure-sid'],
    [{ path: '/app' }, '__Secure-sid'],
    [{ name: 'app', secure: undefined }, 'app'],
  ])('names the cookie of %j %s', (options, name) => {
    expect(parseCookieOptions(options as CookieOptions).name).toBe(name);
  });

  it('takes what an object inherits for no option', () => {
    const inherited = Object.create({ secure: false, path: '/app', sameSite: 'none' });
    expect(parseCookieOptions(inherited as CookieOptions)).toEqual(parseCookieOptions({}));
  });

  it('is not moved by a polluted prototype', () => {
    const clean = parseCookieOptions({});
    const prototype = Object.prototype as CookieOptions & { limits?: object };
    Object.assign(prototype, { secure: false, limits: { recordBytes: 2048 } });
    try {
      expect(parseCookieOptions({})).toEqual(clean);
      expect(parseCommitOptions({}).recordBytes).toBe(65_536);
    } finally {
      for (const name of ['secure', 'limits']) Reflect.deleteProperty(prototype, name);
    }
  });

  it.each([
    [
      { sameSite: 'None' },
      'Expected `cookie.sameSite` to be "lax", "strict" or "none", got "None" (string).',
    ],
    [
      { sameSite: 'none', secure: false },
      'Expected `cookie.secure` to be true where `cookie.sameSite` is "none", got false.',
    ],
    [
      { partitioned: true, secure: false },
      'Expected `cookie.secure` to be true where `cookie.partitioned` is true, got false.',
    ],
    [
      { name: '__Host-sid', domain: 'example.com' },
      'Expected `cookie.domain` to be left out where `cookie.name` begins with "__Host-", got "example.com" (string).',
    ],
    [
      { name: '__Host-sid', path: '/app' },
      'Expected `cookie.path` to be "/" where `cookie.name` begins with "__Host-", got "/app" (string).',
    ],
    [
      { name: '__Secure-sid', secure: false },
      'Expected `cookie.secure` to be true where `cookie.name` begins with "__Secure-", got false.',
    ],
    [
      { name: '__host-sid' },
      'Expected `cookie.name` to be spelt "__Host-" or "__Secure-" at its start, got "__host-sid" (string).',
    ],
    [{ name: 'a b' }, 'Expected `cookie.name` to be a token of RFC 6265, got "a b" (string).'],
    [{ name: '' }, 'Expected `cookie.name` to be a non-empty text, got "" (string).'],
    [
      { path: 'app' },
      'Expected `cookie.path` to be a text that begins with "/", got "app" (string).',
    ],
    [{ path: '/;x' }, 'Expected `cookie.path` to be a cookie path, got "/;x" (string).'],
    [{ domain: 'a;b' }, 'Expected `cookie.domain` to be a domain name, got "a;b" (string).'],
    [{ secure: 'yes' }, 'Expected `cookie.secure` to be true or false, got "yes" (string).'],
    [
      { secrets: 'keyboard cat' },
      'Expected `cookie.secrets` to be a list of texts of at least 32 characters, got string.',
    ],
    [
      { secrets: ['short'] },
      'Expected `cookie.secrets` to be a list of texts of at least 32 characters, got one of 5.',
    ],
    [
      { secrets: [undefined] },
      'Expected `cookie.secrets` to be a list of texts of at least 32 characters, got a undefined.',
    ],
    [
      { httpOnly: true },
      '`cookie.httpOnly` is not an option. There are: name, secure, sameSite, domain, path, partitioned, secrets.',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => parseCookieOptions(options as unknown as CookieOptions)).toThrow(
      expect.objectContaining({ code: 'SESSION_CONFIG_INVALID', message }),
    );
  });
});
