import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** 16 MB and some 0.2 s for each guess: one of the settings that OWASP recommends. */
const COST: ScryptOptions = { N: 2 ** 14, r: 8, p: 5 };
const LENGTH = 32;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

export async function hashOf(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password.normalize(), salt, LENGTH, COST);
  return `${salt.toString('base64url')}.${key.toString('base64url')}`;
}

export async function isHashOf(password: string, hash: string): Promise<boolean> {
  const [salt = '', key = ''] = hash.split('.');
  const expected = Buffer.from(key, 'base64url');
  const given = await derive(password.normalize(), Buffer.from(salt, 'base64url'), LENGTH, COST);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
