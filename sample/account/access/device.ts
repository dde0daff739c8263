import type { Request } from 'express';

/** By what users know a device in the list of theirs. */
export interface Device {
  readonly name: string;
  readonly address: string;
}

/** The first that the `User-Agent` contains: most browsers name those they descend from behind their own name. */
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

export function deviceOf({ headers, ip }: Request): Device {
  return { name: deviceName(headers['user-agent']), address: ip ?? 'unknown' };
}

/** As in "Firefox on Linux". It is what the browser says of itself: good for a list, not for a decision. */
export function deviceName(userAgent = ''): string {
  const find = (names: readonly (readonly [mark: string, name: string])[]) =>
    names.find(([mark]) => userAgent.includes(mark))?.[1];
  return `${find(BROWSERS) ?? 'A browser'} on ${find(SYSTEMS) ?? 'an unknown system'}`;
}
