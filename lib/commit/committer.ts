import { isDeepStrictEqual } from 'node:util';
import type { Changes } from '../core/changes.js';
import { pause } from '../core/clock.js';
import { isTouchDue } from '../core/lifetime.js';
import { RevisionSource } from '../core/revision.js';
import { commitConflict, headersSent, sessionGone } from '../core/session-errors.js';
import { storeKeyOf } from '../core/session-id.js';
import type { LiveRecord, SessionRecord } from '../core/session-record.js';
import type { SessionStore } from '../core/session-store.js';
import type { Committed, SessionBackend, Standing, Work } from '../core/standing.js';
import { CertainStore } from './certain-store.js';
import type { CommitSettings } from './commit-settings.js';
import { KeyedQueue } from './keyed-queue.js';
import { type Plan, planCommit, type Situation } from './plan.js';
import { SessionWriter } from './session-writer.js';

/**
 * Commits of one process queue up, so an attempt is lost to another process only. One that writes the session all the
 * time wins some 4 of 5 attempts from a slower one, which 20 attempts survive 99 times in 100, and 100 practically always.
 */
const MAX_ATTEMPTS = 100;
/** Short, so that all attempts fit into the time for the store. */
const MAX_PAUSE_MS = 16;

/**
 * So many ids of one request are looked up; a store call each is what a stranger can make us spend. Of more, none is:
 * by leaving some out, whoever plants cookies could choose the session of a visitor.
 */
const MAX_CANDIDATES = 3;

/** The changes to make, and what the modification made of the value it found. */
interface Draft {
  readonly changes: Changes;
  readonly value: unknown;
}

/**
 * Brings what a session changed to its store: plans, has the plan carried out, and does so again on the fresh record
 * when another request was first.
 *
 * @internal
 */
export class SessionCommitter implements SessionBackend {
  readonly #queue = new KeyedQueue();
  /** Those of one key are made one after the other, since its commits queue up. */
  readonly #revisions = new RevisionSource();

  constructor(
    private readonly store: SessionStore,
    private readonly settings: CommitSettings,
  ) {}

  now(): number {
    return this.settings.clock.now();
  }

  isTouchDue(record: LiveRecord): boolean {
    return isTouchDue(this.settings.lifetimes, record, this.now());
  }

  async load(ids: readonly string[]): Promise<Standing> {
    if (ids.length > MAX_CANDIDATES) {
      this.#reportAmbiguity(`${ids.length} different session cookies`);
      return ABSENT;
    }
    return this.#withStore(async (store) => {
      if (ids.length === 1) return standingUnder(ids[0]!, await store.load(storeKeyOf(ids[0]!)));
      const found = await Promise.all(
        ids.map(async (id) => standingUnder(id, await store.load(storeKeyOf(id)))),
      );
      const live = found.filter(({ kind }) => kind === 'live');
      if (live.length === 1) return live[0]!;
      this.#reportAmbiguity(
        `${ids.length} different session cookies, ${live.length} of them with a live session,`,
      );
      return found.find(({ kind }) => kind === 'superseded') ?? ABSENT;
    });
  }

  /** The bound on the store's answers starts here, so that it covers the wait for earlier commits of the session. */
  commit(work: Work): Promise<Committed> {
    return this.#withStore((store) => {
      const { standing } = work;
      if (standing.kind !== 'live') return this.#attempt(store, work);
      return this.#queue.run(standing.record.key, () => this.#attempt(store, work));
    });
  }

  /** Tries until no other request was first. Each try applies the same changes to the record as it is by then. */
  async #attempt(store: CertainStore, work: Work): Promise<Committed> {
    let { standing, isFresh } = work;
    const writer = new SessionWriter(store, this.settings, this.#revisions);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const draft = draftOn(standing, work);
      const plan = planCommit(this.#situation(standing, work, draft));
      if (plan.cookie === 'issue' && !work.canIssueCookie) throw headersSent();
      if (isFresh || !seemsIdle(plan, draft)) {
        const next = await writer.carryOut(plan, standing, draft.changes);
        if (next) return { standing: next, cookie: plan.cookie, value: draft.value };
        await this.#pause(attempt);
      }
      standing = await this.#lookAgain(store, standing);
      isFresh = true;
    }
    throw commitConflict(work.changes.keys, MAX_ATTEMPTS);
  }

  #situation(standing: Standing, { intent }: Work, { changes }: Draft): Situation {
    const record = standing.kind === 'live' ? standing.record : undefined;
    return {
      standing: standing.kind,
      intent,
      isChanged: record ? changes.alters(record) : changes.isWorthARecord,
      isLifetimeChanged:
        record !== undefined && !isDeepStrictEqual(changes.lifetimeIn(record), record.lifetime),
      isTouchDue: record !== undefined && this.isTouchDue(record),
    };
  }

  /** The session as it is now. One that was alive and is not any more is not replaced by a new one: it has ended. */
  async #lookAgain(store: CertainStore, standing: Standing): Promise<Standing> {
    if (standing.kind !== 'live') return standing;
    const now = standingUnder(standing.id, await store.load(standing.record.key));
    if (now.kind !== 'live') throw sessionGone();
    return now;
  }

  #pause(attempt: number): Promise<void> {
    return pause(this.settings.clock, Math.random() * Math.min(2 ** attempt, MAX_PAUSE_MS));
  }

  #reportAmbiguity(presented: string): void {
    this.settings.report(
      `A request brought ${presented} and was treated as anonymous. Another application on a parent domain or path may use the same cookie name; a \`__Host-\` name prevents that.`,
    );
  }

  async #withStore<T>(task: (store: CertainStore) => Promise<T>): Promise<T> {
    const store = new CertainStore(this.store, this.settings);
    try {
      return await task(store);
    } finally {
      store.end();
    }
  }
}

const ABSENT: Standing = Object.freeze({ kind: 'absent' });
const SUPERSEDED: Standing = Object.freeze({ kind: 'superseded' });

/** Where a session stands whose id leads to that record. */
function standingUnder(id: string, record: SessionRecord | undefined): Standing {
  if (!record) return ABSENT;
  return record.kind === 'live' ? { kind: 'live', id, record } : SUPERSEDED;
}

function draftOn(standing: Standing, { changes, modification }: Work): Draft {
  if (!modification) return { changes, value: undefined };
  const { key, compute } = modification;
  const value = compute(changes.valueIn(standing.kind === 'live' ? standing.record.data : {}, key));
  return { changes: changes.with(key, value), value };
}

/**
 * Whether there are changes, and the record as last seen makes them look needless. It may be out of date: another
 * request may have written what this one would overwrite.
 */
function seemsIdle({ call }: Plan, { changes }: Draft): boolean {
  return !changes.isEmpty && (call === 'none' || call === 'touch');
}
