import type { CookieOptions } from '../cookie/cookie-options.js';
import { parseCookieOptions } from '../cookie/cookie-settings.js';
import { issueCookie } from '../cookie/set-cookie.js';
import { systemClock } from '../core/options/clock.js';
import { stampedData } from '../core/session/credentials-stamp.js';
import { type LifetimeOptions, parseLifetimeOptions } from '../core/options/lifetime.js';
import { freshDeadlines } from '../core/options/deadlines.js';
import { newRevision } from '../core/record/revision.js';
import type { SessionData, Storable } from '../core/session/session-data.js';
import { newSessionId, storeKeyOf } from '../core/record/session-id.js';
import { type LiveRecord, makeRecord } from '../core/record/session-record.js';
import type { SessionStore } from '../core/record/session-store.js';
import { frozenCopy } from '../core/record/stored-value.js';
import { assertUserId } from '../core/record/user-id.js';

/**
 * The contents of the seeded session, and the options of the module that will read it.
 *
 * @publicApi
 */
export interface SeedOptions<T extends object> {
  /**
   * The values of the session.
   *
   * @default none
   */
  readonly data?: Partial<T>;
  /**
   * The session's user.
   *
   * @default nobody is signed in
   */
  readonly userId?: string;
  /** The stamp that `signIn` of `nestjs-sessions/auth` would receive, if the application's `UserLoader` has one. */
  readonly credentialsStamp?: string;
  /** The cookie options of the module under test, if it has any. */
  readonly cookie?: CookieOptions;
  /** The lifetime options of the module under test, if it has any. */
  readonly lifetime?: LifetimeOptions;
}

/**
 * Puts a session into a store, for tests that need a visitor with one; resolves to the value of the Cookie header that
 * presents it.
 *
 * ```ts
 * const cookie = await seedSession<Visitor>(app.get(SessionStore), { data: { visits: 41 } });
 * await request(app.getHttpServer()).get('/').set('Cookie', cookie).expect({ visits: 42 });
 * ```
 *
 * @publicApi
 */
export async function seedSession<T extends Storable<T> = SessionData>(
  store: SessionStore,
  { data = {}, userId, credentialsStamp: stamp, cookie, lifetime }: SeedOptions<T> = {},
): Promise<string> {
  if (userId !== undefined) assertUserId(userId);
  const id = newSessionId();
  const now = systemClock.now();
  const copy = frozenCopy(data, 'data') as LiveRecord['data'];
  await store.create(
    makeRecord<LiveRecord>({
      kind: 'live',
      key: storeKeyOf(id),
      revision: newRevision(),
      recentRevisions: [],
      data: stamp === undefined ? copy : { ...copy, ...stampedData(stamp) },
      ...(userId !== undefined && { userId }),
      createdAt: now,
      ...freshDeadlines(parseLifetimeOptions(lifetime), undefined, now),
    }),
  );
  const [pair = ''] = issueCookie(parseCookieOptions(cookie), id).split(';');
  return pair;
}
