/** The program of a process that uses sessions: opens the stores that its parent names, and does what it is sent. */
import type { SessionStore } from 'nestjs-sessions';
import type { OpenStore, Place } from '../support/workers/store-makers.js';
import { makers } from './makers.js';
import { SessionVisitor, type Visit, type VisitorOptions } from './session-visitor.js';

export type Task =
  | {
      readonly kind: 'open';
      readonly store: string;
      readonly place: Place;
      readonly options: VisitorOptions;
    }
  | { readonly kind: 'create'; readonly name: string }
  | { readonly kind: 'act'; readonly visit: Visit };

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
let visitorOf: (name: string) => SessionVisitor;

/** One for each session, since the clock of each moves by itself. */
function visitorsOn(store: SessionStore, options: VisitorOptions) {
  const visitors = new Map<string, SessionVisitor>();
  return (name: string): SessionVisitor => {
    const visitor = visitors.get(name) ?? new SessionVisitor(store, options);
    visitors.set(name, visitor);
    return visitor;
  };
}

async function perform(task: Task): Promise<unknown> {
  switch (task.kind) {
    case 'open':
      await opened?.close();
      opened = await makers[task.store]!(task.place);
      visitorOf = visitorsOn(opened.store, task.options);
      return;
    case 'create':
      return visitorOf(task.name).create(task.name);
    case 'act':
      return visitorOf(task.visit.name).act(task.visit);
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
