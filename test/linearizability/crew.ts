import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ended } from '../support/servers.js';
import { startProgram } from '../support/workers/worker-processes.js';
import type { Visit } from './session-visitor.js';
import type { Request, Response, Task } from './visitor-process.js';
import type { Reply } from './visitor-request.js';

export type Opening = Extract<Task, { kind: 'open' }>;

/** A process that uses sessions, seen from here. */
class Visitor {
  readonly #waiting = new Map<number, (response: Response | 'killed') => void>();
  #sent = 0;
  #isKilled = false;

  private constructor(readonly process: ChildProcess) {
    process.on('message', (response: Response) => this.#settle(response.number, response));
    process.on('exit', () => this.#settleAll());
  }

  static async start(): Promise<Visitor> {
    const process = startProgram('test/linearizability/visitor-process.ts');
    await once(process, 'message');
    return new Visitor(process);
  }

  /** Resolves to `killed` if the process was killed before it replied. */
  async perform(task: Task): Promise<unknown> {
    if (this.#isKilled) return 'killed';
    const number = this.#sent++;
    const response = await new Promise<Response | 'killed'>((resolve) => {
      this.#waiting.set(number, resolve);
      this.process.send({ number, task } satisfies Request);
    });
    if (response === 'killed') return response;
    if (response.error !== undefined) throw new Error(`A process failed: ${response.error}`);
    return response.reply;
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    await ended(this.process, 'SIGKILL');
  }

  #settle(number: number, response: Response | 'killed'): void {
    this.#waiting.get(number)?.(response);
    this.#waiting.delete(number);
  }

  #settleAll(): void {
    for (const number of this.#waiting.keys()) {
      this.#settle(number, this.#isKilled ? 'killed' : { number, error: 'it ended by itself' });
    }
  }
}

/** Processes that use the sessions of one store, and one that is ready to take the place of another. */
export class Crew {
  readonly #started: Promise<Visitor>[] = [];
  readonly #visitors: Promise<Visitor>[];
  #substitute: Promise<Visitor>;
  #opening: Opening | undefined;

  constructor(readonly size: number) {
    this.#visitors = Array.from({ length: size }, () => this.#start());
    this.#substitute = this.#start();
  }

  async open(opening: Opening): Promise<void> {
    this.#opening = opening;
    await Promise.all(this.#visitors.map(async (visitor) => (await visitor).perform(opening)));
  }

  /** Resolves to the id of a new session, which goes by that name from then on. */
  async createSession(name: string): Promise<string> {
    return (await (await this.#visitors[0]!).perform({ kind: 'create', name })) as string;
  }

  async act(process: number, visit: Visit): Promise<Reply> {
    const visitor = await this.#visitors[process]!;
    const reply = (await visitor.perform({ kind: 'act', visit })) as Reply | 'killed';
    return reply === 'killed' ? { outcome: 'unknown', presented: visit.cookie } : reply;
  }

  /** Stops a process in the middle of what it does; resolves to what lets it go on. */
  async stop(process: number): Promise<() => void> {
    const visitor = (await this.#visitors[process]!).process;
    visitor.kill('SIGSTOP');
    return () => void visitor.kill('SIGCONT');
  }

  /** Kills a process in the middle of what it does; resolves to what waits until another has taken its place. */
  async replace(process: number): Promise<() => Promise<void>> {
    const former = await this.#visitors[process]!;
    const successor = this.#succeed(await this.#substitute);
    this.#visitors[process] = successor;
    this.#substitute = this.#start();
    await former.kill();
    return async () => void (await successor);
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#started.map(async (visitor) => (await visitor).kill()));
  }

  async #succeed(substitute: Visitor): Promise<Visitor> {
    await substitute.perform(this.#opening!);
    return substitute;
  }

  #start(): Promise<Visitor> {
    const visitor = Visitor.start();
    this.#started.push(visitor);
    return visitor;
  }
}
