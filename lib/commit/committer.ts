import { SessionError, type SessionErrorCode } from '../core/session-errors.js';
import type { LiveRecord } from '../core/session-record.js';
import type { SessionStore } from '../core/session-store.js';
import type {
  Asker,
  Committed,
  LiveStanding,
  SessionBackend,
  Standing,
  Work,
} from '../core/standing.js';
import { userIndexOf } from '../core/user-index.js';
import { CertainStore } from './certain-store.js';
import { CommitAttempts, startOf } from './commit-attempts.js';
import type { Turn } from './commit-queue.js';
import type { CommitSettings } from './commit-settings.js';
import { Draft } from './draft.js';
import { type LiveWork, PendingCommit } from './pending-commit.js';
import { SessionFinder } from './session-finder.js';
import { StoreClock } from './store-clock.js';
import { StoreAccess } from './store-access.js';
import { visitOf } from './visit.js';

/**
 * Brings what a session changed to its store. Commits of one session follow each other, and those that wait together
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

  isUpkeepDue(standing: LiveStanding, canIssueCookie: boolean): boolean {
    return this.#attempts.isUpkeepDue(standing, canIssueCookie);
  }

  load(ids: readonly string[], asker: Asker): Promise<Standing> {
    return this.#withStore((store) => this.#finder.among(store, ids, asker));
  }

  /** The bound on the store's answers starts here, so that it covers the wait for earlier commits of the session. */
  commit(work: Work): Promise<Committed> {
    const { standing } = work;
    if (standing.kind !== 'live') return this.#withStore((store) => this.#commitAlone(store, work));
    const committed = this.#withStore((store) => this.#commitInLine(store, { ...work, standing }));
    if (!isUpkeep(work)) return committed;
    return committed.catch((error: unknown) => this.#putOff(standing, error));
  }

  /** Nobody who only read is refused because of what the library wanted to write. */
  #putOff(standing: LiveStanding, error: unknown): Committed {
    if (SessionError.is(error, 'SESSION_GONE'))
      return withoutWork({ kind: 'superseded', cameAfter: false });
    this.settings.report('The id of a session could not be renewed.', error);
    return withoutWork({ ...standing, isKeptUp: true });
  }

  async #commitAlone(store: CertainStore, work: Work): Promise<Committed> {
    const draft = new Draft([work]);
    const outcome = await this.#attempts.make(store, draft, work);
    return draft.answersWith(outcome)[0]!;
  }

  async #commitInLine(store: CertainStore, work: LiveWork): Promise<Committed> {
    const { queue } = this.access;
    const lineage = visitOf(work.standing.record);
    const commit = new PendingCommit(work, store, this.settings);
    if (queue.enter(lineage, commit)) await untilCalled(commit);
    const { answer } = commit;
    if (answer) return store.bounded('committing', () => answer);
    return this.#commitInTurn(lineage, commit);
  }

  async #commitInTurn(lineage: string, commit: PendingCommit): Promise<Committed> {
    const { queue, fairness } = this.access;
    let left: LiveRecord | undefined;
    try {
      await fairness.pauseBefore(lineage, this.settings.clock);
      const committed = await this.#commitTogether(queue.take(lineage, commit));
      left = recordOf(committed.standing);
      return committed;
    } finally {
      queue.leave(lineage, left);
    }
  }

  /** Carries out the commits of a turn as one, answers those that were taken along, and resolves to the first's answer. */
  async #commitTogether({ commits, latest }: Turn): Promise<Committed> {
    const [first, ...joined] = commits as readonly [PendingCommit, ...PendingCommit[]];
    const draft = new Draft(commits.map(({ work }) => work));
    try {
      // The last to come has the most time left.
      const outcome = await this.#attempts.make(
        (joined.at(-1) ?? first).store,
        draft,
        startOf(commits, latest),
      );
      const [answer, ...answers] = draft.answersWith(outcome);
      for (const [index, one] of joined.entries()) one.resolve(answers[index]!);
      return answer!;
    } catch (error) {
      if (joined.length > 0 && !isOfAll(error)) return this.#commitEach(first, joined);
      for (const one of joined) one.reject(error);
      throw error;
    }
  }

  /** What is wrong with one of them is no reason to refuse the others. */
  async #commitEach(first: PendingCommit, joined: readonly PendingCommit[]): Promise<Committed> {
    for (const commit of joined) {
      await this.#commitTogether({ commits: [commit], latest: undefined }).then(
        (committed) => commit.resolve(committed),
        (error: unknown) => commit.reject(error),
      );
    }
    return this.#commitTogether({ commits: [first], latest: undefined });
  }

  #withStore<T>(task: (store: CertainStore) => Promise<T>): Promise<T> {
    const { clock } = this.settings;
    const settling = clock instanceof StoreClock ? clock.settling : undefined;
    return CertainStore.during(this.store, this.settings, (store) =>
      settling
        ? store.bounded('asking for the time', () => settling).then(() => task(store))
        : task(store),
    );
  }
}

/** Says something of the session or of its store, and not of what one commit would write. */
const OF_ALL: readonly SessionErrorCode[] = [
  'SESSION_STORE_UNAVAILABLE',
  'SESSION_GONE',
  'SESSION_CONFLICT',
  'SESSION_HEADERS_SENT',
];

function isOfAll(error: unknown): boolean {
  return OF_ALL.some((code) => SessionError.is(error, code));
}

/** Rejects when the time of the commit is over before its turn comes. */
async function untilCalled(commit: PendingCommit): Promise<void> {
  try {
    await commit.store.bounded('committing', () => commit.wait());
  } catch (error) {
    if (commit.giveUp()) throw error;
  }
}

/** Whether the library wants to write, and the request does not. */
function isUpkeep({ intent, changes, modification }: Work): boolean {
  return intent === 'keep' && changes.isEmpty && !modification;
}

function withoutWork(standing: Standing): Committed {
  return { standing, cookie: 'leave', value: undefined };
}

function recordOf(standing: Standing): LiveRecord | undefined {
  return standing.kind === 'live' ? standing.record : undefined;
}
