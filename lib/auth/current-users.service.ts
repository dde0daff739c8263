import { type ExecutionContext, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { hasStamp } from '../core/credentials-stamp.js';
import type { Session } from '../core/session.js';
import { Sessions } from '../nest/sessions.service.js';
import { PermissionLoader } from './permission-loader.js';
import { UserLoader } from './user-loader.js';

/** What a request found out about the user of its session. */
interface Visit {
  readonly userId: string;
  readonly user: Promise<object | undefined>;
  permissions?: Promise<ReadonlySet<string>>;
}

/** By whose sessions they are the users: a parameter decorator has no dependencies to ask for them. */
const services = new WeakMap<object, CurrentUsers>();

/** @internal */
export function currentUsersOf(sessions: object): CurrentUsers | undefined {
  return services.get(sessions);
}

/**
 * The users behind sessions, each loaded once per request.
 *
 * @internal
 */
@Injectable()
export class CurrentUsers implements OnModuleInit {
  /** A session handle is one request's; in a gateway, one asker's. */
  readonly #visits = new WeakMap<Session<object>, Visit>();

  constructor(
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(UserLoader) private readonly loader: UserLoader,
    @Inject(PermissionLoader) private readonly permissions: PermissionLoader,
  ) {}

  onModuleInit(): void {
    services.set(this.sessions, this);
  }

  /** The user who is signed in, or undefined. */
  async of(context: ExecutionContext): Promise<object | undefined> {
    return (await this.#visit(context))?.user;
  }

  /** Tells whether the user has all of these permissions. */
  async may(context: ExecutionContext, permissions: readonly string[]): Promise<boolean> {
    const visit = await this.#visit(context);
    const user = await visit?.user;
    if (!visit || !user) return false;
    visit.permissions ??= this.#permissionsOf(user);
    const granted = await visit.permissions;
    return permissions.every((permission) => granted.has(permission));
  }

  /** Begins anew when the request signed somebody else in meanwhile. */
  async #visit(context: ExecutionContext): Promise<Visit | undefined> {
    const session = this.sessions.of<object>(context);
    const { userId } = await session.load();
    if (userId === undefined) return undefined;
    const known = this.#visits.get(session);
    if (known?.userId === userId) return known;
    const visit = { userId, user: this.#load(session, userId) };
    this.#visits.set(session, visit);
    return visit;
  }

  async #load(session: Session<object>, userId: string): Promise<object | undefined> {
    const user = await this.loader.load(userId);
    if (user && (await this.#isStampPresent(session, user))) return user;
    await session.destroy();
    return undefined;
  }

  async #isStampPresent(session: Session<object>, user: object): Promise<boolean> {
    return !this.loader.stampOf || hasStamp(session, this.loader.stampOf(user));
  }

  async #permissionsOf(user: object): Promise<ReadonlySet<string>> {
    return new Set(await this.permissions.permissionsOf(user));
  }
}
