import { type ExecutionContext, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { hasStamp } from '../core/session/credentials-stamp.js';
import type { Session } from '../core/session/session.js';
import type { SessionRuntime } from '../nest/session-runtime.js';
import { Sessions } from '../nest/sessions.service.js';
import { PermissionLoader } from './permission-loader.js';
import { UserLoader } from './user-loader.js';

/** The user of a session and their permissions, as loaded for one request. */
interface Visit {
  readonly userId: string;
  readonly user: Promise<object | undefined>;
  permissions?: Promise<ReadonlySet<string>>;
}

/** Keyed by the runtime of an application, for parameter decorators, which cannot inject dependencies. */
const services = new WeakMap<SessionRuntime, CurrentUsers>();

/** @internal */
export function currentUsersOf(runtime: SessionRuntime): CurrentUsers | undefined {
  return services.get(runtime);
}

/**
 * Loads the user of a session, once per request.
 *
 * @internal
 */
@Injectable()
export class CurrentUsers implements OnModuleInit {
  /** Each request has its own session handle; in a gateway, each message has. */
  readonly #visits = new WeakMap<Session<object>, Visit>();

  constructor(
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(UserLoader) private readonly loader: UserLoader,
    @Inject(PermissionLoader) private readonly permissions: PermissionLoader,
  ) {}

  onModuleInit(): void {
    services.set(this.sessions.runtime, this);
  }

  /** The signed-in user, or undefined. */
  async of(context: ExecutionContext): Promise<object | undefined> {
    return (await this.#visit(context))?.user;
  }

  /** Whether the user has all of these permissions. */
  async may(context: ExecutionContext, permissions: readonly string[]): Promise<boolean> {
    const visit = await this.#visit(context);
    const user = await visit?.user;
    if (!visit || !user) return false;
    visit.permissions ??= this.#permissionsOf(user);
    const granted = await visit.permissions;
    return permissions.every((permission) => granted.has(permission));
  }

  /** Loads again if the request has signed in another user in the meantime. */
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
