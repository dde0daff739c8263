import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import expressSession from 'express-session';
import type { LiveRecord } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';

const HOUR_MS = 60 * 60_000;
const DATA_BYTES = 200;
/** Longer than our store waits between two purges. */
const PURGE_TAKES_MS = 12_000;

/** A store in memory, filled from outside, some of whose sessions expire when told. */
export interface MemorySubject {
  /** Adds a session that lives on, or one that {@link expire} ends. */
  add(isToExpire: boolean): Promise<void>;
  /** Lets the time of some pass, and resolves when the store has had its chance to notice. */
  expire(): Promise<void>;
}

export const MEMORY_SUBJECTS = ['nestjs-sessions', 'express-session'] as const;
export type MemorySubjectName = (typeof MEMORY_SUBJECTS)[number];

export function memorySubject(name: MemorySubjectName): MemorySubject {
  return name === 'nestjs-sessions' ? ours() : expressSessions();
}

function ours(): MemorySubject {
  let leapMs = 0;
  const clock = { now: () => Date.now() + leapMs, schedule: () => () => undefined };
  const store = new MemorySessionStore({
    maxSessions: 2_000_000,
    maxBytes: 4 * 1024 ** 3,
    clock,
  });
  return {
    async add(isToExpire) {
      await store.create(recordUntil(clock.now() + (isToExpire ? HOUR_MS : 3 * HOUR_MS)));
    },
    async expire() {
      leapMs = 2 * HOUR_MS;
      await pause(PURGE_TAKES_MS);
    },
  };
}

function recordUntil(expiresAt: number): LiveRecord {
  return {
    kind: 'live',
    key: randomBytes(32).toString('base64url'),
    revision: randomBytes(10).toString('base64url'),
    recentRevisions: [],
    data: data(),
    createdAt: Date.now(),
    expiresAt,
    absoluteExpiresAt: expiresAt + HOUR_MS,
    format: 1,
  };
}

/** Its sessions expire when they are looked up; it never removes those that nobody asks for. */
function expressSessions(): MemorySubject {
  const store = new expressSession.MemoryStore();
  return {
    async add() {
      const cookie = { originalMaxAge: HOUR_MS, expires: new Date(Date.now() + HOUR_MS) };
      const id = randomBytes(24).toString('base64url');
      store.set(id, { cookie: { ...cookie, httpOnly: true, path: '/' }, ...data() });
    },
    async expire() {},
  };
}

let sessions = 0;

/** Data of 200 bytes as JSON, other for each session. */
function data(): Record<string, string> {
  const frame = JSON.stringify({ text: '' }).length;
  return { text: String(sessions++).padEnd(DATA_BYTES - frame, 'x') };
}
