import type { Request } from 'express';

/** Describes a device in the list of the user's devices. */
export interface Device {
  readonly name: string;
  readonly address: string;
}

/** The first match in `User-Agent` wins, since most browsers list their ancestors after their own name. */
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

/** For example "Firefox on Linux". The client chooses this header, so use the name for display only. */
export function deviceName(userAgent = ''): string {
  const find = (names: readonly (readonly [mark: string, name: string])[]) =>
    names.find(([mark]) => userAgent.includes(mark))?.[1];
  return `${find(BROWSERS) ?? 'A browser'} on ${find(SYSTEMS) ?? 'an unknown system'}`;
}
