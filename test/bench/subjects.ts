/** What is measured against what: every route of every app, on both adapters. */
export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

export const APPS = ['bare', 'ours', 'peer'] as const;
export type App = (typeof APPS)[number];

export const ROUTES = ['untouched', 'read', 'write', 'login', 'new'] as const;
export type Route = (typeof ROUTES)[number];

export const PEERS: Readonly<Record<Adapter, string>> = {
  express: 'express-session',
  fastify: '@fastify/session',
};

export interface Target {
  readonly against: 'bare' | 'peer';
  readonly atMost: number;
}

export const TARGETS: Readonly<Record<Route, Target>> = {
  untouched: { against: 'bare', atMost: 1.15 },
  read: { against: 'peer', atMost: 0.85 },
  write: { against: 'peer', atMost: 1 },
  login: { against: 'peer', atMost: 0.85 },
  new: { against: 'peer', atMost: 0.85 },
};
