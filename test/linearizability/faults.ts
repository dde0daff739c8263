import type { ChildProcess } from 'node:child_process';
import type { TcpProxy } from '../support/tcp-proxy.js';
import type { Crew } from './crew.js';
import { random } from './plan.js';

/** Something that goes wrong for a while: what begins it resolves to what ends it. */
export interface Fault {
  readonly name: string;
  begin(): Promise<() => unknown>;
}

/** @param write what is in every write and in nothing else that is sent */
export function networkFaults(proxy: TcpProxy, write: string): Fault[] {
  const accept = (): Promise<void> => proxy.accept();
  return [
    { name: 'connections cut', begin: async () => (proxy.reset(), accept) },
    { name: 'connections refused', begin: async () => (await proxy.refuse(), accept) },
    { name: 'messages delayed', begin: async () => (proxy.hold(), () => proxy.release()) },
    { name: 'an answer lost', begin: async () => (proxy.loseAnswerTo(write), () => undefined) },
  ];
}

export function stoppedServer(...processes: readonly ChildProcess[]): Fault {
  const signal = (name: NodeJS.Signals): void => processes.forEach((process) => process.kill(name));
  return {
    name: 'server stopped',
    begin: async () => (signal('SIGSTOP'), () => signal('SIGCONT')),
  };
}

export function stoppedProcess(crew: Crew): Fault {
  return { name: 'process stopped', begin: () => crew.stop(anyOf(crew)) };
}

export function killedProcess(crew: Crew): Fault {
  return { name: 'process killed', begin: () => crew.replace(anyOf(crew)) };
}

function anyOf({ size }: Crew): number {
  return Math.floor(random(0, size));
}
