import { z } from 'zod';

const REQUIRED = 'Please fill in this field.';
const text = z.string(REQUIRED);

/** For choosing a password, with the hint of its field. */
export const newPassword = text.min(12, 'Use at least 12 characters.').max(200);
export const NEW_PASSWORD_HINT = 'At least 12 characters. A few random words work well.';

/** For a password that exists already: its strength is not checked. */
export const currentPassword = text.min(1, REQUIRED).max(200);

export const userName = text
  .trim()
  .min(2, 'Use at least 2 characters.')
  .max(40, 'Use at most 40 characters.');
