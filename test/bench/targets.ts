import type { App, Route, StoreName } from './subjects.js';

/** Ours takes at most so many times the CPU of another app. */
export interface Target {
  readonly against: App;
  readonly atMost: number;
}

type Targets = Partial<Record<Route, readonly Target[]>>;

const TARGETS: Partial<Record<StoreName, Targets>> = {
  memory: {
    untouched: [{ against: 'bare', atMost: 1.15 }],
    read: [{ against: 'peer', atMost: 0.85 }],
    write: [{ against: 'peer', atMost: 1 }],
    login: [{ against: 'peer', atMost: 0.85 }],
    'first-login': [{ against: 'peer', atMost: 0.85 }],
    new: [{ against: 'peer', atMost: 0.85 }],
  },
  redis: {
    untouched: [{ against: 'peer', atMost: 0.75 }],
    read: [
      { against: 'peer', atMost: 0.75 },
      { against: 'by-hand', atMost: 1.15 },
    ],
    write: [
      { against: 'peer', atMost: 0.9 },
      { against: 'by-hand', atMost: 1.15 },
    ],
    login: [{ against: 'peer', atMost: 1 }],
    'first-login': [{ against: 'peer', atMost: 1 }],
  },
};

export function targetsOf(store: StoreName, route: Route): readonly Target[] {
  return TARGETS[store]?.[route] ?? [];
}

/** How many commands ours sends to its store. */
export const COMMANDS_WANTED: Readonly<Record<Route, number>> = {
  untouched: 0,
  read: 1,
  write: 2,
  login: 3,
  'first-login': 1,
  new: 1,
};
