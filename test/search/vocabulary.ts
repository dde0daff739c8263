import type { Command, Script } from './script.js';

/** The scripts that requests are made of. */
export const SCRIPTS = {
  get: script('get'),
  set: script('set'),
  delete: script('delete'),
  clear: script('clear'),
  update: script('update'),
  'update twice': script('update', 'update'),
  take: script('take'),
  flash: script('flash'),
  flashed: script('flashed'),
  rotate: script('rotate'),
  login: script('sign in bob'),
  'login again': script('sign in ann'),
  'login, then fail': script('sign in ann', 'save', 'fail'),
  logout: script('destroy'),
  revoke: script('revoke'),
  'update, set, fail': script('update', 'set', 'fail'),
  leave: { commands: ['set', 'work', 'set again', 'fail'], mayLeave: true },
  'set, get': script('set', 'get'),
  job: script('job'),
  jobs: script('jobs'),
} as const satisfies Readonly<Record<string, Script>>;

export type ScriptName = keyof typeof SCRIPTS;

function script(...commands: readonly Command[]): Script {
  return { commands };
}
