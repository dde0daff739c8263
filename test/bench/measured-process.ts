import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Ask, Tell } from './messages.js';

/** A process of its own, in which one thing is measured. */
export class MeasuredProcess {
  private constructor(private readonly child: ChildProcess) {}

  static start(module: string, args: readonly string[], flags: readonly string[] = []) {
    const child = fork(fileURLToPath(new URL(module, import.meta.url)), args, {
      env: { ...process.env, NODE_ENV: 'production' },
      execArgv: [...flags],
      // Peers warn of their memory stores; what a process fails with is shown.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new MeasuredProcess(child);
  }

  ask(question: Ask): void {
    this.child.send(question);
  }

  /** What the process tells next. */
  async told<K extends Tell['kind']>(kind: K): Promise<Extract<Tell, { kind: K }>> {
    const gone = new AbortController();
    const onExit = (): void => gone.abort(new Error('A measured process ended early.'));
    this.child.once('exit', onExit);
    try {
      const [told] = (await once(this.child, 'message', gone)) as [Tell];
      if (told.kind !== kind) throw new Error(`A measured process told "${told.kind}".`);
      return told as Extract<Tell, { kind: K }>;
    } finally {
      this.child.off('exit', onExit);
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exit = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await exit;
  }
}
