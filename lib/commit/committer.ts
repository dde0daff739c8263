import { SessionError, type SessionErrorCode } from '../core/errors/session-errors.js';
import type { LiveRecord } from '../core/record/session-record.js';
import type { SessionStore } from '../core/record/session-store.js';
import type {
  RequestInfo,
  CommitResult,
  LoadedSession,
  SessionBackend,
  SessionPhase,
  CommitRequest,
} from '../core/session/session-phase.js';
import { userIndexOf } from '../core/record/user-index.js';
import { VerifiedStore } from './verified-store.js';
import { CommitAttempts, startOf } from './commit-attempts.js';
import type { Turn } from './commit-queue.js';
import type { CommitSettings } from './commit-settings.js';
import { type LiveCommitRequest, PendingCommit } from './pending-commit.js';
import { SessionFinder } from './session-finder.js';
import { StoreClock } from './store-clock.js';
import { StoreAccess } from './store-access.js';
import { lineageOf } from './lineage.js';

/**
 * Writes the changes of sessions to their store. Commits of one session follow each other, and those that wait together
 * become one write.
 *
 * @internal
 */
export class SessionCommitter implements SessionBackend {
  readonly #finder: SessionFinder;
  readonly #attempts: CommitAttempts;

  constructor(
    private readonly store: SessionStore,
    private readonly settings: CommitSettings,
    private readonly access: StoreAccess = StoreAccess.to(store),
  ) {
    if (settings.perUser.max !== Infinity) userIndexOf(store);
    this.#finder = new SessionFinder(settings);
    this.#attempts = new CommitAttempts(settings, this.#finder, access.revisions);
  }

  get recordBytes(): number {
    return this.settings.recordBytes;
  }

  now(): number {
    return this.settings.clock.now();
  }

  isMaintenanceDue(phase: LoadedSession, canIssueCookie: boolean): boolean {
    return this.#attempts.isMaintenanceDue(phase, canIssueCookie);
  }

  load(ids: readonly string[], requestInfo: RequestInfo): Promise<SessionPhase> {
    return this.#withStore((store) => this.#finder.among(store, ids, requestInfo));
  }

  /** The bound on the store's answers starts here, so that it covers the wait for earlier commits of the session. */
  commit(request: CommitRequest): Promise<CommitResult> {
    const { phase } = request;
    if (phase.kind !== 'live') return this.#withStore((store) => this.#commitAlone(store, request));
    const committed = this.#withStore((store) => this.#commitInLine(store, { ...request, phase }));
    if (!isMaintenance(request)) return committed;
    return committed.catch((error: unknown) => this.#putOff(phase, error));
  }

  /** A request that only read must not fail because of the library's own maintenance. */
  #putOff(phase: LoadedSession, error: unknown): CommitResult {
    if (SessionError.is(error, 'SESSION_GONE'))
      return withoutWork({ kind: 'rotated-away', cameAfter: false });
    this.settings.report('The id of a session could not be renewed.', error);
    return withoutWork({ ...phase, isMaintained: true });
  }

  async #commitAlone(store: VerifiedStore, request: CommitRequest): Promise<CommitResult> {
    const [answer] = await this.#attempts.make(store, [request], request);
    return answer!;
  }

  async #commitInLine(store: VerifiedStore, request: LiveCommitRequest): Promise<CommitResult> {
    const { queue } = this.access;
    const lineage = lineageOf(request.phase.record);
    const commit = new PendingCommit(request, store, this.settings);
    if (queue.enter(lineage, commit)) await untilCalled(commit);
    const { answer } = commit;
    if (answer) return store.bounded('committing', () => answer);
    return this.#commitInTurn(lineage, commit);
  }

  async #commitInTurn(lineage: string, commit: PendingCommit): Promise<CommitResult> {
    const { queue, fairness } = this.access;
    let left: LiveRecord | undefined;
    try {
      await fairness.pauseBefore(lineage, this.settings.clock);
      const committed = await this.#commitTogether(queue.take(lineage, commit));
      left = recordOf(committed.phase);
      return committed;
    } finally {
      queue.leave(lineage, left);
    }
  }

  /** Carries out the commits of a turn as one, answers those that joined, and resolves to the answer for the first. */
  async #commitTogether({ commits, latest }: Turn): Promise<CommitResult> {
    const [first, ...joined] = commits as readonly [PendingCommit, ...PendingCommit[]];
    const requests = commits.map(({ request }) => request);
    try {
      // The last to arrive has the most time left.
      const { store } = joined.at(-1) ?? first;
      const start = startOf(commits, latest);
      const [answer, ...answers] = await this.#attempts.make(store, requests, start);
      for (const [index, one] of joined.entries()) one.resolve(answers[index]!);
      return answer!;
    } catch (error) {
      if (joined.length > 0 && !isOfAll(error)) return this.#commitEach(first, joined);
      for (const one of joined) one.reject(error);
      throw error;
    }
  }

  /** A fault in one of the commits is no reason to refuse the others. */
  async #commitEach(first: PendingCommit, joined: readonly PendingCommit[]): Promise<CommitResult> {
    for (const commit of joined) {
      await this.#commitTogether({ commits: [commit], latest: undefined }).then(
        (committed) => commit.resolve(committed),
        (error: unknown) => commit.reject(error),
      );
    }
    return this.#commitTogether({ commits: [first], latest: undefined });
  }

  #withStore<T>(task: (store: VerifiedStore) => Promise<T>): Promise<T> {
    const { clock } = this.settings;
    const settling = clock instanceof StoreClock ? clock.settling : undefined;
    return VerifiedStore.during(this.store, this.settings, (store) =>
      settling
        ? store.bounded('asking for the time', () => settling).then(() => task(store))
        : task(store),
    );
  }
}

/** Errors about the session or its store, and not about the changes of one commit. */
const OF_ALL: readonly SessionErrorCode[] = [
  'SESSION_STORE_UNAVAILABLE',
  'SESSION_GONE',
  'SESSION_CONFLICT',
  'SESSION_HEADERS_SENT',
];

function isOfAll(error: unknown): boolean {
  return OF_ALL.some((code) => SessionError.is(error, code));
}

/** Rejects if the time of the commit is over before its turn comes. */
async function untilCalled(commit: PendingCommit): Promise<void> {
  try {
    await commit.store.bounded('committing', () => commit.wait());
  } catch (error) {
    if (commit.giveUp()) throw error;
  }
}

/** Whether only the library wants to write, and not the request. */
function isMaintenance({ intent, changes, keyUpdate }: CommitRequest): boolean {
  return intent === 'keep' && changes.isEmpty && !keyUpdate;
}

function withoutWork(phase: SessionPhase): CommitResult {
  return { phase, cookie: 'leave', value: undefined };
}

function recordOf(phase: SessionPhase): LiveRecord | undefined {
  return phase.kind === 'live' ? phase.record : undefined;
}
