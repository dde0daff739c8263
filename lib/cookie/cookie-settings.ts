import { serialize } from 'cookie';
import { completeOptions } from '../core/options/complete-options.js';
import { configInvalid } from '../core/errors/session-errors.js';
import type { CookieOptions } from './cookie-options.js';

/** @internal */
export interface CookieSettings {
  readonly name: string;
  readonly secure: boolean;
  readonly sameSite: 'lax' | 'strict' | 'none';
  readonly domain: string | undefined;
  readonly path: string;
  readonly partitioned: boolean;
  readonly secrets: readonly string[];
}

const DEFAULTS: Omit<CookieSettings, 'name'> & { readonly name: string | undefined } =
  Object.freeze({
    name: undefined,
    secure: true,
    sameSite: 'lax',
    domain: undefined,
    path: '/',
    partitioned: false,
    secrets: [],
  });

const MIN_SECRET_LENGTH = 32;
/** RFC 6265bis section 4.1.2: longer attribute values are ignored by browsers. */
const MAX_ATTRIBUTE_LENGTH = 1024;

/** @internal */
export function parseCookieOptions(options: CookieOptions = {}): CookieSettings {
  const complete = completeOptions('cookie.', options, DEFAULTS);
  const settings = { ...complete, name: complete.name ?? defaultName(complete) };
  checkTypes(settings);
  checkSecrets(settings.secrets);
  checkSecureOnly(settings);
  checkPrefix(settings);
  checkGrammar(settings);
  return settings;
}

function defaultName({ secure, domain, path }: Omit<CookieSettings, 'name'>): string {
  if (!secure) return 'sid';
  return domain === undefined && path === '/' ? '__Host-sid' : '__Secure-sid';
}

function checkTypes({ name, secure, sameSite, domain, path, partitioned }: CookieSettings): void {
  expect(typeof secure === 'boolean', 'secure', 'true or false', secure);
  expect(typeof partitioned === 'boolean', 'partitioned', 'true or false', partitioned);
  expect(
    ['lax', 'strict', 'none'].includes(sameSite),
    'sameSite',
    '"lax", "strict" or "none"',
    sameSite,
  );
  expect(typeof name === 'string' && name !== '', 'name', 'a non-empty text', name);
  expect(
    typeof path === 'string' && path.startsWith('/'),
    'path',
    'a text that begins with "/"',
    path,
  );
  expect(domain === undefined || isDomain(domain), 'domain', 'a domain name', domain);
}

function isDomain(domain: unknown): boolean {
  return typeof domain === 'string' && domain !== '' && domain.length <= MAX_ATTRIBUTE_LENGTH;
}

/** The message says how many characters were given, never which. */
function checkSecrets(secrets: unknown): void {
  const expected = `a list of texts of at least ${MIN_SECRET_LENGTH} characters`;
  if (!Array.isArray(secrets)) throw configInvalid('cookie.secrets', expected, typeof secrets);
  for (const secret of secrets as unknown[]) {
    if (typeof secret !== 'string')
      throw configInvalid('cookie.secrets', expected, `a ${typeof secret}`);
    if (secret.length < MIN_SECRET_LENGTH) {
      throw configInvalid('cookie.secrets', expected, `one of ${secret.length}`);
    }
  }
}

function checkSecureOnly({ secure, sameSite, partitioned }: CookieSettings): void {
  if (secure) return;
  if (sameSite === 'none') throw needsSecure('`cookie.sameSite` is "none"');
  if (partitioned) throw needsSecure('`cookie.partitioned` is true');
}

/**
 * RFC 6265bis section 4.1.3. Browsers compare the prefixes without regard to case, and servers have to compare them
 * exactly: browsers would apply the rules to another spelling, and servers would not recognise it.
 */
function checkPrefix({ name, secure, domain, path }: CookieSettings): void {
  const prefix = /^__(host|secure)-/i.exec(name)?.[0];
  if (prefix === undefined) return;
  expect(
    ['__Host-', '__Secure-'].includes(prefix),
    'name',
    'spelt "__Host-" or "__Secure-" at its start',
    name,
  );
  if (!secure) throw needsSecure(`\`cookie.name\` begins with "${prefix}"`);
  if (prefix !== '__Host-') return;
  expect(
    domain === undefined,
    'domain',
    'left out where `cookie.name` begins with "__Host-"',
    domain,
  );
  expect(path === '/', 'path', '"/" where `cookie.name` begins with "__Host-"', path);
}

/** The serialiser refuses whatever breaks the grammar of RFC 6265; this check does so at boot. */
function checkGrammar({ name, domain, path }: CookieSettings): void {
  expect(isSerialisable(name, {}), 'name', 'a token of RFC 6265', name);
  expect(
    path.length <= MAX_ATTRIBUTE_LENGTH && isSerialisable('sid', { path }),
    'path',
    'a cookie path',
    path,
  );
  expect(
    domain === undefined || isSerialisable('sid', { domain }),
    'domain',
    'a domain name',
    domain,
  );
}

function isSerialisable(name: string, attributes: { path?: string; domain?: string }): boolean {
  try {
    return serialize(name, 'value', attributes) !== '';
  } catch {
    return false;
  }
}

function needsSecure(reason: string): Error {
  return configInvalid('cookie.secure', `true where ${reason}`, 'false');
}

function expect(holds: boolean, option: string, expected: string, given: unknown): void {
  if (holds) return;
  const shown =
    typeof given === 'string'
      ? `${JSON.stringify(given)} (string)`
      : `${String(given)} (${typeof given})`;
  throw configInvalid(`cookie.${option}`, expected, shown);
}
