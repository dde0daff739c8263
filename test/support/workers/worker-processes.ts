import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import type { Crew } from '../describe-four-at-once.js';
import { type Place, storeMakers } from './store-makers.js';
import type { TaskAnswer } from './store-worker.js';
import type { Task } from './store-tasks.js';

let tasks = 0;

/** Four processes on one store, each with a client of its own; and one here, to prepare sessions and to look at them. */
export async function fourProcesses(name: string, place: Place): Promise<Crew> {
  const { store, close } = await storeMakers[name]!(place);
  const processes = await Promise.all([0, 1, 2, 3].map(() => startWorker([name, place])));
  return {
    store,
    workers: processes.map((process) => ({ perform: (task) => performed(process, task) })),
    close: async () => {
      await Promise.all(processes.map(dismissed));
      await close();
    },
  };
}

async function startWorker([name, place]: [string, Place]): Promise<ChildProcess> {
  const worker = startProgram('test/support/workers/store-worker.ts', name, JSON.stringify(place));
  await once(worker, 'message');
  return worker;
}

/** Where compile.mjs, which jest runs first, leaves a program of the tests. */
export function compiled(path: string): string {
  return `dist-test/${path.replace(/ts$/, 'js')}`;
}

/** Starts a program of the tests that talks with its parent. */
export function startProgram(path: string, ...args: string[]): ChildProcess {
  return fork(compiled(path), args, { execArgv: [] });
}

/** Each answer bears the number of its task: one that was given up is answered in the middle of those after it. */
async function performed(worker: ChildProcess, task: Task): Promise<unknown[]> {
  const number = ++tasks;
  const messages = on(worker, 'message', { close: ['exit'] });
  worker.send({ number, task });
  for await (const [answer] of messages as AsyncIterable<[TaskAnswer]>) {
    if (answer.number !== number) continue;
    if (answer.error !== undefined) throw new Error(`A worker failed: ${answer.error}`);
    return answer.answers ?? [];
  }
  throw new Error('A worker ended early');
}

/** Lets go of a worker, which then closes its store and ends by itself. */
export async function dismissed(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const exit = once(worker, 'exit');
  if (worker.connected) worker.disconnect();
  await exit;
}
