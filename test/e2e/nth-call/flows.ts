import { nestMajor } from '../../support/nest-version.js';

/** Values that nothing else holds. */
export const OLD = 'value-that-was-there';
export const NEW = 'value-that-was-written';

/** What a session holds; undefined where there is none. */
export type Held = Readonly<Record<string, unknown>> | undefined;

/** A request, and what it does when all goes well. */
export interface Flow {
  readonly name: string;
  readonly path: string;
  /** What the visitor's session holds before; a visitor without one otherwise. */
  readonly before?: Held;
  /** What each commit of the request makes of it, one after the other. */
  readonly commits: readonly ((held: Held) => Held)[];
  /** Its calls to the store. */
  readonly calls: string;
  readonly status?: number;
  readonly cookie?: 'issued' | 'cleared';
  readonly isTouchDue?: boolean;
  readonly isRotation?: boolean;
  /** The first version of Nest that has it: 11 unless told. */
  readonly since?: number;
}

const before = { name: OLD };
const write = (held: Held): Held => ({ ...held, name: NEW });
const count = (held: Held): Held => ({ ...held, n: Number(held?.n ?? 0) + 1 });
const end = (): Held => undefined;
const written = { before, commits: [write], calls: 'load save' };

const all: readonly Flow[] = [
  { name: 'a read', path: '/read', before, commits: [], calls: 'load' },
  {
    name: 'a read when a touch is due',
    path: '/read',
    before,
    commits: [],
    calls: 'load touch',
    isTouchDue: true,
  },
  {
    name: 'a first visit that writes',
    path: '/write',
    commits: [write],
    calls: 'create',
    cookie: 'issued',
  },
  { name: 'a write', path: '/write', ...written },
  {
    name: 'a write of what is there',
    path: '/write',
    before: { name: NEW },
    commits: [],
    calls: 'load',
  },
  {
    name: 'a read and a write',
    path: '/read-and-write',
    before,
    commits: [count],
    calls: 'load save',
  },
  { name: 'a clear', path: '/clear', before, commits: [() => ({})], calls: 'load save' },
  {
    name: 'another lifetime',
    path: '/lifetime',
    before,
    commits: [(held) => held],
    calls: 'load save',
    cookie: 'issued',
  },
  {
    name: 'a login, which rotates',
    path: '/login',
    before,
    commits: [write],
    calls: 'load create save',
    cookie: 'issued',
    isRotation: true,
  },
  {
    name: 'a login on a first visit',
    path: '/login',
    commits: [write],
    calls: 'create',
    cookie: 'issued',
  },
  {
    name: 'a logout',
    path: '/logout',
    before,
    commits: [end],
    calls: 'load delete',
    cookie: 'cleared',
  },
  {
    name: 'a read and a logout',
    path: '/read-and-logout',
    before,
    commits: [end],
    calls: 'load delete',
    cookie: 'cleared',
  },
  {
    name: 'a logout and a new session',
    path: '/start-over',
    before,
    commits: [end, write],
    calls: 'load delete create',
    cookie: 'issued',
  },
  { name: 'a write and a redirect', path: '/redirect', ...written, status: 302 },
  { name: 'a write and a file', path: '/file', ...written },
  { name: 'a write and a generator', path: '/generator', ...written, since: 12 },
  { name: 'a write and server-sent events', path: '/sse', ...written },
  { name: 'a write and @Res()', path: '/send', ...written },
  { name: 'a write and a refusal by a guard', path: '/refusal', ...written, status: 403 },
  { name: 'an update', path: '/update', before, commits: [count], calls: 'load save' },
  {
    name: 'an update on a first visit',
    path: '/update',
    commits: [count],
    calls: 'create',
    cookie: 'issued',
  },
  {
    name: 'a take',
    path: '/take',
    before: { name: OLD, n: 1 },
    commits: [() => ({ n: 1 })],
    calls: 'load save',
  },
  { name: 'an explicit save', path: '/save', ...written },
  {
    name: 'an explicit save and a write',
    path: '/save-and-write',
    before,
    commits: [write, (held) => ({ ...held, n: 1 })],
    calls: 'load save save',
  },
  {
    name: 'an explicit save and a write on a first visit',
    path: '/save-and-write',
    commits: [write, (held) => ({ ...held, n: 1 })],
    calls: 'create save',
    cookie: 'issued',
  },
  {
    name: 'a reload and a write',
    path: '/reload',
    before,
    commits: [write],
    calls: 'load load save',
  },
];

export const flows = all.filter(({ since = 11 }) => since <= nestMajor);
