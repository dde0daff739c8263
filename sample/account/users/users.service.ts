import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { UserLoader } from 'nestjs-sessions/auth';
import type { Repository } from 'typeorm';
import { hashOf, isHashOf } from './password-hash.js';
import { User } from './user.entity.js';

/** Checked when there is no such user, so that the response time does not reveal which names exist. */
const nobodysHash = hashOf(randomUUID());

@Injectable()
export class UsersService extends UserLoader<User> {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {
    super();
  }

  override async load(userId: string): Promise<User | undefined> {
    return (await this.users.findOneBy({ id: userId })) ?? undefined;
  }

  /** A new password has a new hash, so it ends sessions with the old one. */
  override stampOf({ passwordHash }: User): string {
    return passwordHash;
  }

  /** The new user, or undefined if the name is taken. */
  async create(name: string, password: string): Promise<User | undefined> {
    const user: User = { id: randomUUID(), name, passwordHash: await hashOf(password) };
    const isTaken = (error: unknown) => error instanceof Error && error.message.includes('UNIQUE');
    try {
      await this.users.insert(user);
      return user;
    } catch (error) {
      if (isTaken(error)) return undefined;
      throw error;
    }
  }

  /** The user with this name, or undefined if there is none or the password is wrong. */
  async check(name: string, password: string): Promise<User | undefined> {
    const user = await this.users.findOneBy({ name });
    const isRight = await isHashOf(password, user?.passwordHash ?? (await nobodysHash));
    return user && isRight ? user : undefined;
  }

  isPasswordOf({ passwordHash }: User, password: string): Promise<boolean> {
    return isHashOf(password, passwordHash);
  }

  /** A copy of the user with a new password; `store` persists it. */
  async withPassword(user: User, password: string): Promise<User> {
    return Object.assign(new User(), user, { passwordHash: await hashOf(password) });
  }

  async store({ id, name, passwordHash }: User): Promise<void> {
    await this.users.update({ id }, { name, passwordHash });
  }
}
