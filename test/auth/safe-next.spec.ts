import { safeRedirectPath } from 'nestjs-sessions/auth';

/** Whatever base page a browser resolves it on, and however often somebody decodes it, it stays on the site. */
const PATHS = [
  '/',
  '/orders',
  '/orders/7?page=2&sort=-date#last',
  '/orders?next=https://evil.example/',
  '/search?q=%2F%2Fevil.example%0D%0A',
  '/caf%C3%A9/100%25',
  '/@evil.example',
  '/a//b',
  '/%2e%2e/orders',
  '/:80',
  '/javascript:alert(1)',
  `/${'a'.repeat(1_999)}`,
];

const ATTACKS = [
  // Addresses of other sites.
  'https://evil.example/',
  'HTTPS://evil.example',
  'http:/evil.example',
  'http:evil.example',
  'https:\\\\evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'mailto:x@evil.example',
  // Without a scheme.
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '//evil.example/%2F..',
  '//site.invalid/',
  '//user@evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '/orders\\..\\..\\evil.example',
  // What browsers take out of an address.
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r/evil.example',
  '/\0/evil.example',
  '\t//evil.example',
  ' //evil.example',
  ' /orders',
  '/orders ',
  '/orders\r\nSet-Cookie: sid=1',
  '/\u007f/evil.example',
  // Dots that leave two slashes in front.
  '/.//evil.example',
  '/..//evil.example',
  '/x/..//evil.example',
  '/%2e//evil.example',
  '/%2E%2e//evil.example',
  // Encoded once, twice, and more often than anybody looks.
  '%2F%2Fevil.example',
  '%2Forders',
  '/%2Fevil.example',
  '/%2f%2fevil.example',
  '/%5Cevil.example',
  '/%5cevil.example',
  '/%09/evil.example',
  '/%0a/evil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/%00/orders',
  '/%252Fevil.example',
  '/%255Cevil.example',
  '/%25252Fevil.example',
  '/%2525252525252Fevil.example',
  '/%2525252541',
  '/..%2F%2Fevil.example',
  '/%2e%2f/evil.example',
  '/%',
  '/%C0%AF',
  '/%u002Fevil.example',
  // Letters that some part turns into others.
  '\uff0f\uff0fevil.example',
  '/\uff0fevil.example',
  '/\u2028/evil.example',
  '\u3000//evil.example',
  '\ufeff//evil.example',
  // No path from the root.
  '',
  'orders',
  './orders',
  '../orders',
  '?page=2',
  '#top',
  '@evil.example',
  ':80',
  '.evil.example',
  // Longer than a header should be.
  `/${'a'.repeat(2_000)}`,
  // What a parser of queries makes of `next[]=` and the like.
  undefined,
  null,
  7,
  true,
  ['/orders'],
  { toString: () => '/orders' },
];

describe('safeRedirectPath', () => {
  it.each(PATHS)('takes %s', (path) => {
    expect(safeRedirectPath(path, '/home')).toBe(path);
  });

  it.each(ATTACKS.map((attack) => [JSON.stringify(attack) ?? 'undefined', attack]))(
    'gives the fallback for %s',
    (_, attack) => {
      expect(safeRedirectPath(attack, '/home')).toBe('/home');
    },
  );

  it('falls back to the root', () => {
    expect(safeRedirectPath('//evil.example')).toBe('/');
  });
});
