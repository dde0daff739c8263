import { parse } from 'cookie';
import * as fc from 'fast-check';
import { readSessionIds } from '../../lib/cookie/cookie-header.js';
import { parseCookieOptions } from '../../lib/cookie/cookie-settings.js';
import { clearCookie, issueCookie } from '../../lib/cookie/set-cookie.js';
import { newSessionId } from '../../lib/core/record/session-id.js';

const settings = parseCookieOptions();
const id = newSessionId();
const secrets = ['a'.repeat(32), 'b'.repeat(32)];
const signed = parseCookieOptions({ secrets });
const read = (header: string | undefined) => readSessionIds(header, settings);

function pairOf(line: string): string {
  return line.split(';')[0]!;
}

describe('readSessionIds', () => {
  it.each([
    undefined,
    '',
    'other=1',
    'sid=1',
    `__Host-sidx=${id}`,
    `x__Host-sid=${id}`,
    `__host-sid=${id}`,
    '=',
    ';;',
  ])('finds nothing in %j', (header) => {
    expect(read(header)).toBeUndefined();
  });

  it.each([
    ['', 'no value'],
    [id.slice(1), 'a character less'],
    [`${id}A`, 'a character more'],
    [`${id}=`, 'padding'],
    [`"${id}"`, 'quotes'],
    [encodeURIComponent(`${id}/`), 'an encoded character'],
    ['%E0%A4%A', 'broken percent-encoding'],
    [`\u0000${id}`, 'a NUL'],
    [`${id}\u00a0`, 'a no-break space'],
    ['__proto__', 'a name of Object.prototype'],
    ['x'.repeat(16_384), '16 KiB'],
  ])('finds a cookie and no id in %j: %s', (value) => {
    expect(read(`__Host-sid=${value}`)).toEqual([]);
  });

  it('finds the id among other cookies, blanks or tabs around it', () => {
    expect(read(`a=1; __Host-sid=${id}; b=2`)).toEqual([id]);
    expect(read(`a=1;\t __Host-sid=${id} \t;b`)).toEqual([id]);
  });

  it('finds several different ids, each once', () => {
    const ids = Array.from({ length: 5 }, newSessionId);
    const header = [...ids, ids[0]!].map((one) => `__Host-sid=${one}`).join('; ');

    expect(read(header)).toEqual(ids);
    expect(read(`__Host-sid=${id}; __Host-sid=${id}`)).toEqual([id]);
    expect(read(`__Host-sid=garbage; __Host-sid=${id}`)).toEqual([id]);
  });

  it('reads back what was issued, as a parser of cookies does', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.boolean(),
        (bytes, isSigned) => {
          const one = Buffer.from(bytes).toString('base64url');
          const used = isSigned ? signed : settings;
          const pair = pairOf(issueCookie(used, one));
          expect(readSessionIds(pair, used)).toEqual([one]);
          expect(parse(pair)).toEqual({ [used.name]: pair.slice(used.name.length + 1) });
        },
      ),
    );
  });

  it('never throws, and finds only what has the form of an id', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constantFrom(settings, signed),
        (text, used) => {
          for (const found of readSessionIds(`${used.name}=${text}`, used) ?? []) {
            expect(found).toMatch(/^[\w-]{43}$/);
          }
        },
      ),
    );
  });

  it('takes time in proportion to the header', () => {
    const measure = (pairs: number) => {
      const header = `__Host-sid=${'; a=\t \t'.repeat(pairs)};${' '.repeat(pairs)}`;
      const start = process.cpuUsage();
      for (let round = 0; round < 20; round++) read(header);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    measure(1_000);

    // Sixteen times the length: a parser of quadratic cost would take 256 times as long.
    expect(measure(160_000)).toBeLessThan(100 * Math.max(measure(10_000), 1_000));
  });
});

describe('A signed cookie', () => {
  it('is issued under the first secret and verified under all', () => {
    const [first, second] = secrets.map((secret) => parseCookieOptions({ secrets: [secret] }));

    expect(readSessionIds(pairOf(issueCookie(signed, id)), first!)).toEqual([id]);
    expect(readSessionIds(pairOf(issueCookie(signed, id)), second!)).toEqual([]);
    expect(readSessionIds(pairOf(issueCookie(second!, id)), signed)).toEqual([id]);
  });

  it('is refused without a signature, with one of another name, or one of another spelling', () => {
    const pair = pairOf(issueCookie(signed, id));
    const other = pairOf(issueCookie({ ...signed, name: 'other' }, id)).replace(
      'other',
      '__Host-sid',
    );

    for (const forged of [
      `__Host-sid=${id}`,
      `__Host-sid=${id}.`,
      other,
      `${pair}=`,
      `${pair}A`,
      pair.slice(0, -1),
    ]) {
      expect(readSessionIds(forged, signed)).toEqual([]);
    }
  });
});

describe('The Set-Cookie line', () => {
  it('has the attributes of the defaults', () => {
    expect(issueCookie(settings, id)).toBe(
      `__Host-sid=${id}; Path=/; HttpOnly; Secure; SameSite=Lax`,
    );
  });

  it('lives until the browser closes, or for whole seconds, 400 days at most', () => {
    expect(issueCookie(settings, id, 1_500)).toContain('; Max-Age=2;');
    expect(issueCookie(settings, id, 1e12)).toContain('; Max-Age=34560000;');
  });

  it('is cleared with the same attributes', () => {
    const options = {
      domain: 'example.com',
      path: '/app',
      sameSite: 'none',
      partitioned: true,
    } as const;
    const used = parseCookieOptions(options);
    const attributes =
      'Domain=example.com; Path=/app; HttpOnly; Secure; Partitioned; SameSite=None';

    expect(issueCookie(used, id)).toBe(`__Secure-sid=${id}; ${attributes}`);
    expect(clearCookie(used)).toBe(
      '__Secure-sid=; Max-Age=0; Domain=example.com; Path=/app; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; SameSite=None',
    );
  });
});
