import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Stands for your table of users: it has one, whose password comes from the environment. */
@Injectable()
export class UsersService {
  readonly #salt = randomBytes(16);
  readonly #ann: Buffer;

  constructor() {
    const password = process.env.DEMO_PASSWORD;
    if (!password) throw new Error('Set DEMO_PASSWORD to the password that ann is to have');
    this.#ann = this.#hash(password);
  }

  /** The id of the user, or undefined if name and password do not belong together. */
  check(name: string, password: string): string | undefined {
    const isRight = timingSafeEqual(this.#hash(password), this.#ann);
    return isRight && name === 'ann' ? 'user-1' : undefined;
  }

  #hash(password: string): Buffer {
    return scryptSync(password, this.#salt, 32);
  }
}
