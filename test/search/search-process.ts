import { SessionCommitter } from '../../lib/commit/committer.js';
import { UserSessions } from '../../lib/commit/user-sessions.js';
import type { LifetimeOptions } from '../../lib/core/options/lifetime.js';
import type { Session } from '../../lib/core/session/session.js';
import type { SessionRuntime } from '../../lib/nest/session-runtime.js';
import { parseSessionOptions, type SessionSettings } from '../../lib/nest/session-settings.js';
import type { Ledger } from '../model/ledger.js';
import type { Calls } from './calls.js';
import { SearchStore } from './search-store.js';
import { ProcessClock, type SearchTime } from './search-time.js';

/** A process of the application: its clock, and all that its requests share. */
export class SearchProcess implements SessionRuntime {
  readonly clock: ProcessClock;
  readonly store: SearchStore;
  readonly settings: SessionSettings;
  readonly backend: SessionCommitter;
  readonly users: UserSessions;

  constructor(
    { time, ledger, calls }: { time: SearchTime; ledger: Ledger; calls: Calls },
    index: number,
    options: LifetimeOptions,
  ) {
    this.clock = new ProcessClock(time);
    this.store = new SearchStore(ledger, calls, index);
    this.settings = settingsFor(options, this.clock);
    this.backend = new SessionCommitter(this.store, this.settings.commit);
    this.users = new UserSessions(this.store, this.settings.commit);
  }

  of(): Session {
    throw new Error('Nobody asks for a session by its context here');
  }

  attach(): undefined {}

  attachTo(): never {
    throw new Error('No request of the search comes by an adapter.');
  }

  message(): undefined {}

  reportFailure(): void {}

  warnOfInsecureTransport(): void {}
}

const parsed = new Map<LifetimeOptions, SessionSettings>();

/** Parsed once: a search makes thousands of processes in a second. */
function settingsFor(lifetime: LifetimeOptions, clock: ProcessClock): SessionSettings {
  let settings = parsed.get(lifetime);
  if (!settings) {
    settings = parseSessionOptions({ lifetime, cookie: { secure: false } }, clock, () => undefined);
    parsed.set(lifetime, settings);
  }
  return { ...settings, commit: { ...settings.commit, clock } };
}
