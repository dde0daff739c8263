import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { UserLoader } from 'nestjs-sessions/auth';

export interface User {
  readonly id: string;
  readonly name: string;
  passwordHash: Buffer;
}

/** Stands for your table of users: it has one, whose password comes from the environment. */
@Injectable()
export class Users extends UserLoader<User> {
  readonly #salt = randomBytes(16);
  readonly #ann: User;

  constructor() {
    super();
    const password = process.env.DEMO_PASSWORD;
    if (!password) throw new Error('Set DEMO_PASSWORD to the password that ann is to have');
    this.#ann = { id: 'user-1', name: 'ann', passwordHash: this.hashOf(password) };
  }

  override async load(userId: string): Promise<User | undefined> {
    return userId === this.#ann.id ? this.#ann : undefined;
  }

  override stampOf({ passwordHash }: Pick<User, 'passwordHash'>): string {
    return passwordHash.toString('base64');
  }

  /** The user, or undefined if name and password do not belong together. */
  check(name: string, password: string): User | undefined {
    const isRight = timingSafeEqual(this.hashOf(password), this.#ann.passwordHash);
    return isRight && name === this.#ann.name ? this.#ann : undefined;
  }

  hashOf(password: string): Buffer {
    return scryptSync(password, this.#salt, 32);
  }
}
