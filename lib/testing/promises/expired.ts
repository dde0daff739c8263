import type { SessionRecord } from '../../core/record/session-record.js';
import type { SessionStore } from '../../core/record/session-store.js';
import type { TestRunner } from '../store-promise.js';

/** Expects nothing under the key of an expired record, or that record as it is, with its past expiry. */
export async function expectNoneAlive(
  store: SessionStore,
  expect: TestRunner['expect'],
  expired: SessionRecord,
): Promise<void> {
  expect((await store.load(expired.key)) ?? expired).toEqual(expired);
}
