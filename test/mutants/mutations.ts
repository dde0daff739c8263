/** A deliberate breakage of the library, which the named tests have to notice. */
export interface Mutation {
  readonly name: string;
  /** By its number in the README. */
  readonly guarantee: number;
  readonly file: string;
  /** A text that is in the file once. */
  readonly replace: string;
  readonly by: string;
  readonly tests: readonly string[];
}

const MODEL = 'test/model/interleavings.spec.ts';
const FAULTS = 'test/commit/faults.spec.ts';
const LIFETIME = 'test/commit/lifetime.spec.ts';
const ROTATION = 'test/commit/rotation.spec.ts';
const FAILURES = 'test/e2e/failures.e2e.spec.ts';
const STORE_CALLS = 'test/e2e/store-calls.e2e.spec.ts';

const MEMORY_STORE = 'lib/stores/memory/memory-session.store.ts';
const WRITER = 'lib/commit/session-writer.ts';
const COMMITTER = 'lib/commit/committer.ts';
const CERTAIN = 'lib/commit/certain-store.ts';
const STATE = 'lib/core/session-state.ts';
const HTTP = 'lib/nest/http-session.ts';

export const mutations: readonly Mutation[] = [
  {
    name: 'a save overwrites whatever is there',
    guarantee: 1,
    file: MEMORY_STORE,
    replace: "if (entry.revision !== expectedRevision) return 'conflict';",
    by: '',
    tests: [MODEL],
  },
  {
    name: 'a touch is a write: it takes another revision',
    guarantee: 1,
    file: MEMORY_STORE,
    replace: '    this.#moveExpiry(key, entry, expiresAt);\n    return true;',
    by: '    this.#moveExpiry(key, entry, expiresAt);\n    entry.revision += "+";\n    return true;',
    tests: [MODEL],
  },
  {
    name: 'a clear is forgotten as soon as another change follows',
    guarantee: 1,
    file: 'lib/core/changes.ts',
    replace: 'if (changes.#isCleared) all.clear();',
    by: '',
    tests: [MODEL],
  },
  {
    name: 'a conflict counts as saved: the changes are not applied again',
    guarantee: 2,
    file: WRITER,
    replace: "return outcome === 'saved' ? { kind: 'live', id, record } : undefined;",
    by: "return { kind: 'live', id, record };",
    tests: [MODEL],
  },
  {
    name: 'a change that looks needless is not checked',
    guarantee: 2,
    file: COMMITTER,
    replace: 'if (isFresh || !seemsIdle(plan, draft)) {',
    by: '{',
    tests: [MODEL],
  },
  {
    name: 'a commit that failed forgets its changes',
    guarantee: 2,
    file: STATE,
    replace: 'this.#changes = this.#underWay.followedBy(this.#changes);',
    by: '',
    tests: [MODEL],
  },
  {
    name: 'a rotation copies what was loaded and leaves out what is changed',
    guarantee: 2,
    file: WRITER,
    replace: 'this.#newSession(previous, changes)',
    by: 'this.#newSession(previous, new changes.constructor())',
    tests: [MODEL],
  },
  {
    name: 'commits of one process do not queue up',
    guarantee: 2,
    file: COMMITTER,
    replace: 'return this.#queue.run(standing.record.key, () => this.#attempt(store, work));',
    by: 'return this.#attempt(store, work);',
    tests: ['test/commit/concurrency.spec.ts'],
  },
  {
    name: 'an update is tried again with the value it computed at first',
    guarantee: 3,
    file: COMMITTER,
    replace: 'const draft = draftOn(standing, work);',
    by: 'const draft = (Object(work).draft ??= draftOn(standing, work));',
    tests: [MODEL],
  },
  {
    name: 'a take keeps the value of its first attempt',
    guarantee: 3,
    file: 'lib/core/session.ts',
    replace: 'taken = current;',
    by: 'taken ??= current;',
    tests: [MODEL],
  },
  {
    name: 'a take reads, then deletes',
    guarantee: 3,
    file: 'lib/core/session.ts',
    replace: '    let taken: unknown;\n    await this.#used().commit({',
    by: '    let taken: unknown = await this.get(key);\n    this.delete(key);\n    if (taken !== undefined) return this.save().then(() => taken as never);\n    await this.#used().commit({',
    tests: [MODEL],
  },
  {
    name: 'revisions are not unique',
    guarantee: 4,
    file: 'lib/core/revision.ts',
    replace: 'return processPrefix + (counter++).toString(36);',
    by: 'return processPrefix + (counter++ % 2);',
    tests: [MODEL],
  },
  {
    name: 'a write whose answer got lost is made again unseen',
    guarantee: 4,
    file: CERTAIN,
    replace: "if (bearsRevision(found, revision)) return 'saved';",
    by: '',
    tests: [MODEL],
  },
  {
    name: 'a write whose answer got lost counts as failed',
    guarantee: 4,
    file: CERTAIN,
    replace: 'failure = storeUnavailable(doing, error);',
    by: 'throw storeUnavailable(doing, error);',
    tests: [FAULTS],
  },
  {
    name: 'a server error commits',
    guarantee: 4,
    file: HTTP,
    replace: 'const FIRST_SERVER_ERROR = 500;',
    by: 'const FIRST_SERVER_ERROR = 600;',
    tests: ['test/e2e/pipeline-errors.e2e.spec.ts'],
  },
  {
    name: 'the head leaves while the commit is under way',
    guarantee: 4,
    file: HTTP,
    replace: 'if (status < FIRST_SERVER_ERROR) return this.#state?.finish();',
    by: 'if (status < FIRST_SERVER_ERROR) return void this.#state?.finish()?.catch(() => undefined);',
    tests: [FAILURES],
  },
  {
    name: 'a save creates what is not there',
    guarantee: 5,
    file: MEMORY_STORE,
    replace: "if (!entry) return 'gone';",
    by: "if (!entry) return this.create(record).then(() => 'saved');",
    tests: [MODEL],
  },
  {
    name: 'a delete keeps the record',
    guarantee: 5,
    file: MEMORY_STORE,
    replace: 'return this.#live(key) !== undefined && this.#remove(key);',
    by: 'return this.#live(key) !== undefined;',
    tests: [MODEL],
  },
  {
    name: 'a save of a session that is gone begins a new one',
    guarantee: 5,
    file: WRITER,
    replace: "if (outcome === 'gone') throw sessionGone();\n    return outcome === 'saved'",
    by: "if (outcome === 'gone') return this.#create(changes);\n    return outcome === 'saved'",
    tests: [MODEL],
  },
  {
    name: 'a session that is gone at the second look is replaced by a new one',
    guarantee: 5,
    file: COMMITTER,
    replace: "if (now.kind !== 'live') throw sessionGone();",
    by: "if (now.kind !== 'live') return ABSENT;",
    tests: [MODEL],
  },
  {
    name: 'a create is tried again under the same id',
    guarantee: 5,
    file: CERTAIN,
    replace: 'session = draw();\n        return undefined;',
    by: 'return undefined;',
    tests: [MODEL, FAULTS],
  },
  {
    name: 'a create overwrites',
    guarantee: 6,
    file: MEMORY_STORE,
    replace: 'if (this.#live(record.key)) return false;',
    by: '',
    tests: ['test/stores/memory/memory-session.store.spec.ts'],
  },
  {
    name: 'any signature will do',
    guarantee: 6,
    file: 'lib/cookie/signature.ts',
    replace: 'return isSigned ? id : undefined;',
    by: 'return id;',
    tests: ['test/cookie/cookie-header.spec.ts'],
  },
  {
    name: 'a rotation leaves the old record as it is',
    guarantee: 7,
    file: WRITER,
    replace: 'await this.store.save(markerAfter(previous, this.#now), previous.revision);',
    by: "'saved' as string;",
    tests: [MODEL],
  },
  {
    name: 'a rotation leaves a record under the old id that leads to the data',
    guarantee: 7,
    file: WRITER,
    replace: 'markerAfter(previous, this.#now)',
    by: 'changedRecord(previous, changes, this.#lifetimes, this.#now)',
    tests: [MODEL],
  },
  {
    name: 'a rotation deletes the old record in place of marking it',
    guarantee: 7,
    file: WRITER,
    replace: 'await this.store.save(markerAfter(previous, this.#now), previous.revision);',
    by: "(await this.store.delete(previous.key)) ? 'saved' : 'gone';",
    tests: [MODEL],
  },
  {
    name: 'a rotation that lost leaves its new record',
    guarantee: 7,
    file: WRITER,
    replace: 'await this.store.delete(next.record.key);',
    by: '',
    tests: [MODEL, ROTATION],
  },
  {
    name: 'a response through a marker clears the cookie',
    guarantee: 7,
    file: 'lib/commit/plan.ts',
    replace: "? { call: 'refuse', cookie: 'leave' } : NOTHING;",
    by: "? { call: 'refuse', cookie: 'leave' } : CLEAR;",
    tests: [MODEL, ROTATION],
  },
  {
    name: 'a commit that failed is answered as if it had not',
    guarantee: 8,
    file: 'lib/nest/response-gate.ts',
    replace: '(error: unknown) => this.#refuse(error),',
    by: '() => this.#release(held, head),',
    tests: [FAILURES],
  },
  {
    name: 'a failed reload loses the id of a new session',
    guarantee: 8,
    file: STATE,
    replace: 'this.#standing = seen;',
    by: '',
    tests: [MODEL, FAULTS],
  },
  {
    name: 'a request that asked for nothing commits',
    guarantee: 9,
    file: STATE,
    replace: 'if (this.#isDiscarded || !this.isUsed) return false;',
    by: 'if (this.#isDiscarded) return false;\n    if (this.#standing.kind === "unloaded") return true;',
    tests: [STORE_CALLS],
  },
  {
    name: 'every use is a touch',
    guarantee: 9,
    file: 'lib/core/lifetime.ts',
    replace: 'const TOUCH_SHARE = 0.1;',
    by: 'const TOUCH_SHARE = 0;',
    tests: [LIFETIME],
  },
  {
    name: 'a store that is down looks like a new visitor',
    guarantee: 10,
    file: CERTAIN,
    replace: "if (!SessionError.is(error, 'SESSION_RECORD_UNREADABLE')) throw error;",
    by: 'if (!(error instanceof SessionError)) throw error;',
    tests: [FAULTS],
  },
  {
    name: 'a store that is stuck is waited for',
    guarantee: 10,
    file: 'lib/commit/deadline.ts',
    replace: 'return Promise.race([call(), this.#reached]);',
    by: 'return call();',
    tests: [FAULTS],
  },
  {
    name: 'a load trusts the store with the expiry',
    guarantee: 11,
    file: CERTAIN,
    replace:
      'return now < record.expiresAt && now < record.absoluteExpiresAt ? record : undefined;',
    by: 'return record;',
    tests: [LIFETIME],
  },
  {
    name: 'the memory store serves what has expired',
    guarantee: 11,
    file: MEMORY_STORE,
    replace: 'if (!entry || this.#clock.now() < entry.expiresAt) return entry;',
    by: 'if (entry || !entry) return entry;',
    tests: [MODEL],
  },
  {
    name: 'use moves the expiry beyond the absolute limit',
    guarantee: 11,
    file: 'lib/core/lifetime.ts',
    replace: 'return Math.min(now + idleTimeoutOf(policy, rule), absoluteExpiresAt);',
    by: 'return now + Math.min(idleTimeoutOf(policy, rule), 1e15);',
    tests: [MODEL, LIFETIME],
  },
  {
    name: 'every save begins the absolute lifetime anew',
    guarantee: 11,
    file: 'lib/commit/next-record.ts',
    replace: 'if (changes.lifetime && isDated) return',
    by: 'return',
    tests: [MODEL],
  },
  {
    name: 'an error body says what happened',
    guarantee: 12,
    file: 'lib/nest/session-exception.mapper.ts',
    replace: 'return new ConflictException(undefined, {',
    by: 'return new ConflictException(String(error), {',
    tests: [FAILURES],
  },
  {
    name: 'a message about an unreadable record quotes it',
    guarantee: 12,
    file: 'lib/core/session-record.ts',
    replace: "throw recordUnreadable('not JSON');",
    by: 'throw recordUnreadable(`not JSON: ${text}`);',
    tests: ['test/core/session-record.spec.ts'],
  },
];
