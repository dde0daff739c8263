import { Client } from './client.js';
import type { Running } from './running.js';
import { SlowStore } from './slow-store.js';

export type StartApp = (store: SlowStore) => Promise<Running>;

interface Scene {
  readonly store: SlowStore;
  readonly app: Running;
  readonly client: Client;
}

/** What is tried on every library, and tells in a few words how it went. */
export interface Case {
  readonly name: string;
  try(scene: Scene): Promise<string>;
}

const AT_ONCE = 50;
const SLOW_WRITE_MS = 200;

export const cases: readonly Case[] = [
  {
    name: `${AT_ONCE} requests at once, each sets a key of its own`,
    async try({ client }) {
      await client.read('/set/begun');
      await atOnce((n) => client.read(`/set/key-${n}`));
      const { begun: _, ...kept } = await client.json('/all');
      return `${Object.keys(kept).length} keys kept`;
    },
  },
  {
    name: `${AT_ONCE} requests at once, each adds one`,
    async try({ client }) {
      await client.read('/set/begun');
      await atOnce(() => client.read('/increment'));
      return `counted to ${(await client.json('/all')).count}`;
    },
  },
  {
    name: 'a logout while another request is about to write',
    async try({ app, client }) {
      await client.read('/set/user');
      const copy = client.clone();
      const writing = copy.ask('/slow-write');
      await app.gate.isReached.reached;
      await client.read('/logout');
      app.gate.isOpen.open();
      const { statusCode } = await writing;
      const isBack = 'user' in (await copy.json('/all'));
      copy.close();
      return `the session ${isBack ? 'is back' : 'stays dead'}, the write gets ${statusCode}`;
    },
  },
  {
    name: `a redirect, and a store that takes ${SLOW_WRITE_MS} ms to write`,
    async try({ store, client }) {
      await client.read('/set/begun');
      store.writeMs = SLOW_WRITE_MS;
      const { headers } = await client.ask('/redirect');
      const isSeen = 'flash' in (await client.json(headers.location!));
      return `the next page ${isSeen ? 'reads' : 'does not read'} the new value`;
    },
  },
  {
    name: 'a first request, and a store that cannot write',
    try({ store, client }) {
      store.writeTrouble = 'fails';
      return client.told('/set/begun');
    },
  },
  {
    name: 'a first request, and a store that never answers a write',
    try({ store, client }) {
      store.writeTrouble = 'hangs';
      return client.told('/set/begun');
    },
  },
  {
    name: 'a read, and a store that cannot read',
    async try({ store, client }) {
      await client.read('/set/begun');
      store.readTrouble = 'fails';
      return client.told('/all');
    },
  },
  {
    name: 'a read, and a store that never answers a read',
    async try({ store, client }) {
      await client.read('/set/begun');
      store.readTrouble = 'hangs';
      return client.told('/all');
    },
  },
];

/** One case on an application of its own. */
export async function outcomeOf(one: Case, start: StartApp, patienceMs = 3_000): Promise<string> {
  const store = new SlowStore();
  const app = await start(store);
  const client = new Client(app.origin, patienceMs);
  try {
    return await one.try({ store, app, client });
  } finally {
    client.close();
    await app.close();
  }
}

async function atOnce(ask: (n: number) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => ask(n)));
}
