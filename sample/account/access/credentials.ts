import { z } from 'zod';

const text = z.string('Fill this in.');

/** For a password that is to be had, and what its field says beforehand. */
export const newPassword = text.min(12, 'Use at least 12 characters.').max(200);
export const NEW_PASSWORD_HINT = 'At least 12 characters. A few words make a good one.';

/** For a password that is there already: it is compared and not judged. */
export const presentPassword = text.min(1, 'Fill this in.').max(200);

export const userName = text
  .trim()
  .min(2, 'Use at least 2 characters.')
  .max(40, 'Use at most 40 characters.');
