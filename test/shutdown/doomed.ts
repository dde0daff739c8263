import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSession, type SessionStore } from 'nestjs-sessions';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { startProgram } from '../support/workers/worker-processes.js';
import { contentOf, type Deed, deeds, isWhole, type Values } from './deeds.js';
import type { Stop, Task } from './doomed-process.js';
import type { Place } from './stopping-store.js';
import { PATIENCE } from './patience.js';

/** How many requests are at a call to the store when they are killed there. */
const COPIES = 3;

/** A request that was killed, and the keys that it had to do with. */
export interface Killed {
  readonly task: Task;
  readonly keys: readonly string[];
}

/**
 * Has a process stop before and after every call to the store; then has others on their way; and kills it in the middle
 * of that.
 */
export async function killEverywhere(
  store: SessionStore,
  args: readonly string[],
): Promise<Killed[]> {
  const process = startProgram('test/shutdown/doomed-process.ts', ...args);
  await once(process, 'message');
  const exit = once(process, 'exit');
  const stopped = await stops(process, await tasksAt(store, ['before', 'after']));
  const running = await stops(process, await tasksAt(store, ['during']));
  process.kill('SIGKILL');
  await exit;
  return [...stopped, ...running];
}

async function tasksAt(store: SessionStore, places: readonly Place[]): Promise<Task[]> {
  const tasks = Object.entries(deeds).flatMap(([name, { calls }]) =>
    Array.from({ length: calls * COPIES }, (_, n) =>
      places.map((place) => ({ deed: name as Deed, call: (n % calls) + 1, place })),
    ).flat(),
  );
  return Promise.all(
    tasks.map(async (task) =>
      task.deed === 'first visit' ? task : { ...task, id: await stored(store) },
    ),
  );
}

/** Resolves when all tasks have stopped. */
function stops(process: ChildProcess, tasks: readonly Task[]): Promise<Killed[]> {
  return new Promise((resolve, reject) => {
    const killed: Killed[] = [];
    process.once('exit', () => reject(new Error('A process ended by itself')));
    const hear = ([number, keys]: Stop): void => {
      killed.push({ task: tasks[number]!, keys });
      if (killed.length < tasks.length) return;
      process.off('message', hear);
      resolve(killed);
    };
    process.on('message', hear);
    process.send(tasks);
  });
}

async function stored(store: SessionStore): Promise<string> {
  const session = openSession<Values>(store, undefined, { limits: PATIENCE });
  const { n, text } = contentOf(1);
  session.set('n', n);
  session.set('text', text);
  await session.save();
  return session.id!;
}

/** What a request may leave behind, as `the old session, the new one`, each after so many of its calls took effect. */
const LEFT: Readonly<Record<Deed, readonly string[]>> = {
  write: ['1, none', '1, none', '2, none'],
  update: ['1, none', '1, none', '2, none'],
  login: ['1, none', '1, none', '1, 2', 'marker, 2'],
  logout: ['1, none', '1, none', 'none, none'],
  'first visit': ['none, none', 'none, 2'],
};

export function mayBeLeft({ deed, call, place }: Task): readonly string[] {
  const [before, after] = [LEFT[deed][call - 1]!, LEFT[deed][call]!];
  if (place === 'during') return [before, after];
  return [place === 'before' ? before : after];
}

export async function isLeft(store: SessionStore, { task, keys }: Killed): Promise<string> {
  const old = task.id === undefined ? undefined : storeKeyOf(task.id);
  const next = keys.find((key) => key !== old);
  return `${await foundAt(store, old)}, ${await foundAt(store, next)}`;
}

/** Has another request write the session, as it is by then; resolves to whether it could. */
export async function isWritable(store: SessionStore, id: string): Promise<boolean> {
  const session = await openSession<Values>(store, id, { limits: PATIENCE }).load();
  if (session.status !== 'live') return true;
  const before = await session.get('n');
  return (await session.update('n', (n = 0) => n + 1)) === Number(before) + 1;
}

async function foundAt(store: SessionStore, key: string | undefined): Promise<string> {
  const record = key === undefined ? undefined : await store.load(key);
  if (!record) return 'none';
  if (record.kind === 'tombstone') return 'marker';
  return isWhole(record) ? String(record.data.n) : 'a part';
}
