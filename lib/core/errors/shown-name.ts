const MAX_LENGTH = 400;
const MAX_NAMES = 5;

/**
 * A name for a message, safe even if a client chose it: on one line, without control characters, and shortened.
 *
 * @internal
 */
export function shownName(name: string): string {
  const half = MAX_LENGTH / 2;
  const short = name.length > MAX_LENGTH ? `${name.slice(0, half)}…${name.slice(-half)}` : name;
  return JSON.stringify(short)
    .slice(1, -1)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) => `\\u{${letter.codePointAt(0)!.toString(16)}}`);
}

/** The first few of several names, and the number of those left out. @internal */
export function shownNames(names: readonly string[]): string {
  const first = names.slice(0, MAX_NAMES).map(shownName).join(', ');
  return names.length > MAX_NAMES ? `${first} and ${names.length - MAX_NAMES} more` : first;
}
