/** The program of a process that uses sessions: opens the stores that its parent names, and does what it is sent. */
import type { OpenStore, Place } from '../support/workers/store-makers.js';
import { makers } from './makers.js';
import type { Step } from './plan.js';
import { SessionVisitor } from './session-visitor.js';

export type Task =
  | {
      readonly kind: 'open';
      readonly store: string;
      readonly place: Place;
      readonly storeTimeout: number;
    }
  | { readonly kind: 'create' }
  | { readonly kind: 'act'; readonly id: string; readonly step: Step };

export interface Request {
  readonly number: number;
  readonly task: Task;
}

export interface Response {
  readonly number: number;
  readonly reply?: unknown;
  readonly error?: string;
}

let opened: OpenStore | undefined;
let visitor: SessionVisitor;

async function perform(task: Task): Promise<unknown> {
  switch (task.kind) {
    case 'open':
      await opened?.close();
      opened = await makers[task.store]!(task.place);
      visitor = new SessionVisitor(opened.store, task.storeTimeout);
      return;
    case 'create':
      return visitor.create();
    case 'act':
      return visitor.act(task.id, task.step);
    default:
      return task satisfies never;
  }
}

process.on('message', ({ number, task }: Request) => {
  perform(task).then(
    (reply) => process.send!({ number, reply } satisfies Response),
    (error: unknown) => process.send!({ number, error: String(error) } satisfies Response),
  );
});
process.on('disconnect', () => {
  // Whatever it waits for, nobody waits for it.
  process.exit();
});
process.send!('ready');
