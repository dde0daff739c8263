import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { SessionError, SessionModule, Sessions, type SessionStore } from 'nestjs-sessions';
import { type Ask, type Burst, tell } from './messages.js';
import type { Place } from './place.js';
import { benchStore } from './stores/bench-store.js';

type Counted = { n: number };

/** One process of those that write one session: as many writers as it is asked for, each of them once, all at once. */
const [place, delay] = process.argv.slice(2) as [string, string];

const METHODS = ['load', 'create', 'save', 'touch', 'delete'] as const;
let calls = 0;

/** Counts the calls of a store, and has each take some time more. */
function slowed(store: SessionStore, delayMs: number): SessionStore {
  for (const method of METHODS) {
    const inner = store[method].bind(store) as (...args: unknown[]) => Promise<unknown>;
    Reflect.set(store, method, async (...args: unknown[]) => {
      calls++;
      if (delayMs > 0) await pause(delayMs);
      return inner(...args);
    });
  }
  return store;
}

async function startSessions(at: Place): Promise<Sessions> {
  const store = slowed((await benchStore(at.store)).ours(at), Number(delay));
  const module = SessionModule.forRoot({ store, cookie: { secure: false } });
  const app = await NestFactory.createApplicationContext(module, { logger: false });
  return app.get(Sessions);
}

const sessions = await startSessions(JSON.parse(place) as Place);

async function burst(id: string, writers: number): Promise<Burst> {
  const latencies: number[] = [];
  const refusals: Record<string, number> = {};
  const callsBefore = calls;
  const write = async (): Promise<void> => {
    const startedAt = performance.now();
    try {
      await sessions.open<Counted>(id).update('n', (n = 0) => n + 1);
      latencies.push(performance.now() - startedAt);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      refusals[error.code] = (refusals[error.code] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  return { latencies, refusals, calls: calls - callsBefore };
}

async function newSession(): Promise<string> {
  const session = sessions.open<Counted>();
  session.set('n', 0);
  await session.save();
  return session.id!;
}

async function answer(ask: Ask): Promise<void> {
  if (ask === 'new session') tell({ kind: 'session', id: await newSession() });
  else if (ask !== 'usage') tell({ kind: 'burst', ...(await burst(ask.id, ask.writers)) });
}

process.on('message', (ask: Ask) => void answer(ask));
process.on('disconnect', () => process.exit());
tell({ kind: 'ready' });
