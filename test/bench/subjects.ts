/** What is measured: every route of every app, on both adapters, over each kind of store. */
export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

export const STORES = ['memory', 'redis', 'postgres', 'mariadb', 'sqlite', 'file'] as const;
export type StoreName = (typeof STORES)[number];

/** A login of a visitor who has a session already rotates it; at a first login there is none. */
export const ROUTES = ['untouched', 'read', 'write', 'login', 'first-login', 'new'] as const;
export type Route = (typeof ROUTES)[number];

export type App = 'bare' | 'ours' | 'peer' | 'by-hand' | 'by-hand-pipelined';

/** One column of a table. */
export interface Subject {
  readonly name: string;
  readonly app: App;
}

const PEERS: Readonly<Record<Adapter, string>> = {
  express: 'express-session',
  fastify: '@fastify/session',
};

/** The store that the peers of both adapters take; memory is their own. */
const PEER_STORES: Partial<Record<StoreName, string>> = {
  redis: ' + connect-redis',
  postgres: ' + connect-pg-simple',
  file: ' + session-file-store',
  memory: '',
};

const BY_HAND: Partial<Record<StoreName, readonly Subject[]>> = {
  redis: [
    { name: 'by hand', app: 'by-hand' },
    { name: 'by hand, pipelined', app: 'by-hand-pipelined' },
  ],
};

/** Who is measured over a store. Bare Nest runs twice: what the second differs by from the first is noise. */
export function subjectsOver(store: StoreName, adapter: Adapter): readonly Subject[] {
  const peerStore = PEER_STORES[store];
  return [
    { name: 'bare', app: 'bare' },
    { name: 'again', app: 'bare' },
    { name: 'ours', app: 'ours' },
    ...(peerStore === undefined
      ? []
      : [{ name: `${PEERS[adapter]}${peerStore}`, app: 'peer' } as const]),
    ...(BY_HAND[store] ?? []),
  ];
}
