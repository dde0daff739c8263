import type { SessionRecord } from '../../core/session-record.js';
import type { SessionStore } from '../../core/session-store.js';
import type { TestRunner } from '../store-promise.js';

/** Expects nothing under the key of a record that has expired, or that record as it is, whose expiry says so. */
export async function expectNoneAlive(
  store: SessionStore,
  expect: TestRunner['expect'],
  expired: SessionRecord,
): Promise<void> {
  expect((await store.load(expired.key)) ?? expired).toEqual(expired);
}
