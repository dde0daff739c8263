import { type CookieOptions, parseCookieOptions } from '../cookie/cookie-options.js';
import { issueCookie } from '../cookie/set-cookie.js';
import { systemClock } from '../core/clock.js';
import { stampedData } from '../core/credentials-stamp.js';
import { freshDeadlines, type LifetimeOptions, parseLifetimeOptions } from '../core/lifetime.js';
import { newRevision } from '../core/revision.js';
import type { SessionData } from '../core/session-data.js';
import { newSessionId, storeKeyOf } from '../core/session-id.js';
import { type LiveRecord, makeRecord } from '../core/session-record.js';
import type { SessionStore } from '../core/session-store.js';
import { frozenCopy } from '../core/stored-value.js';
import { assertUserId } from '../core/user-id.js';

/**
 * What the seeded session holds, and the options of the module that is to read it.
 *
 * @publicApi
 */
export interface SeedOptions<T extends object> {
  readonly data?: Partial<T>;
  readonly userId?: string;
  /** What `signIn` of `nestjs-sessions/auth` would have been given, where the `UserLoader` of the application has one. */
  readonly stamp?: string;
  /** The cookie options of the module under test, if it has any. */
  readonly cookie?: CookieOptions;
  /** The lifetime options of the module under test, if it has any. */
  readonly lifetime?: LifetimeOptions;
}

/**
 * Puts a session into a store, for tests that need a visitor who has one; resolves to the value of the Cookie header
 * that brings it.
 *
 * ```ts
 * const cookie = await seedSession<Visitor>(app.get(SessionStore), { data: { visits: 41 } });
 * await request(app.getHttpServer()).get('/').set('Cookie', cookie).expect({ visits: 42 });
 * ```
 *
 * @publicApi
 */
export async function seedSession<T extends object = SessionData>(
  store: SessionStore,
  { data = {}, userId, stamp, cookie, lifetime }: SeedOptions<T> = {},
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
