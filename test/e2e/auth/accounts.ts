import { Injectable } from '@nestjs/common';
import { PermissionLoader, UserLoader } from 'nestjs-sessions/auth';

export interface Account {
  readonly id: string;
  readonly name: string;
  passwordHash: string;
  permissions: string[];
}

/** The users of the application under test, and how often it was asked for them. */
@Injectable()
export class Accounts extends UserLoader<Account> {
  readonly all = new Map<string, Account>();
  loads = 0;
  /** Runs before each load; what it rejects with, the load rejects with. */
  before: () => Promise<void> = async () => {};

  /** Runs before a new password is stored. */
  beforeStoring: () => Promise<void> = async () => {};

  constructor() {
    super();
    this.reset();
  }

  reset(): void {
    this.loads = 0;
    this.before = async () => {};
    this.beforeStoring = async () => {};
    this.all.clear();
    for (const id of ['ann', 'bob']) {
      const passwordHash = `hash of ${id}`;
      this.all.set(id, { id, name: id.toUpperCase(), passwordHash, permissions: [] });
    }
  }

  override async load(userId: string): Promise<Account | undefined> {
    this.loads++;
    await this.before();
    return this.all.get(userId);
  }

  override stampOf({ passwordHash }: Account): string {
    return passwordHash;
  }
}

@Injectable()
export class Permissions extends PermissionLoader<Account> {
  loads = 0;

  override async permissionsOf({ permissions }: Account): Promise<string[]> {
    this.loads++;
    return permissions;
  }
}
