import { SessionError } from '../errors/session-errors.js';

/**
 * The options, with defaults for those that are missing or undefined. Inherited properties do not count, so that a
 * polluted prototype decides nothing. Refuses a name without a default, since a misspelt option would go unnoticed.
 *
 * @internal
 */
export function completeOptions<Complete extends object>(
  subject: string,
  options: { readonly [Name in keyof Complete]?: Complete[Name] | undefined } | undefined,
  defaults: Complete,
): Complete {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  const unknown = given.find(([name]) => !Object.hasOwn(defaults, name));
  if (unknown) throw unknownOption(`${subject}${unknown[0]}`, Object.keys(defaults));
  return { ...defaults, ...Object.fromEntries(given) };
}

function unknownOption(name: string, known: readonly string[]): SessionError {
  return new SessionError(
    'SESSION_CONFIG_INVALID',
    `\`${name}\` is not an option. There are: ${known.join(', ')}.`,
  );
}
