import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { FileSessionStore } from 'nestjs-sessions/file';
import { folderName } from '../../../lib/stores/file/names.js';
import { newSessionId, storeKeyOf } from '../../../lib/core/record/session-id.js';
import { Bench } from '../../support/open.js';
import { dataIn, folderOf, storeDirectory } from './store-directory.js';

const directory = storeDirectory();
const { path } = directory;
const inner = new FileSessionStore({ directory: path, purgeEvery: false });

afterAll(() => directory.remove());

/** What can happen to a session behind our back, by the key. */
const damages: readonly [what: string, damage: (key: string) => void, reported: RegExp][] = [
  ['garbage of its size', (key) => replaceData(key, (size) => 'x'.repeat(size)), /not JSON/],
  ['an old format', (key) => replaceData(key, (size) => '{"format":0}'.padEnd(size)), /format 0/],
  ['nothing in it', (key) => truncateSync(dataIn(path, key)), /not of its size/],
  ['half of it', (key) => truncateSync(dataIn(path, key), 100), /not of its size/],
  ['something added', (key) => writeFileSync(dataIn(path, key), '}', { flag: 'a' }), /of its size/],
  ['a gigabyte', (key) => truncateSync(dataIn(path, key), 2 ** 30), /not of its size/],
  ['no data', (key) => rmSync(dataIn(path, key)), /its data is missing/],
  ['a folder for data', (key) => inPlace(dataIn(path, key), mkdirSync), /not of its size/],
  ['a pipe for data', (key) => inPlace(dataIn(path, key), pipe), /not of its size/],
  ['a link for data', (key) => inPlace(dataIn(path, key), linked), /not of its size/],
  ['a file for a folder', (key) => inPlace(folderOf(path, key), touched), /a file stands/],
  ['a second state', (key) => copyFileSync(stateIn(key), `${stateIn(key)}9`), /there are two/],
  ['the folder of another', (key) => inPlace(folderOf(path, key), other), /another key/],
];

function replaceData(key: string, text: (size: number) => string): void {
  const file = dataIn(path, key);
  writeFileSync(file, text(Number(file.split('-').at(-1))));
}

function inPlace(file: string, make: (file: string) => void): void {
  rmSync(file, { recursive: true });
  make(file);
}

function pipe(file: string): void {
  execFileSync('mkfifo', [file]);
}

function touched(file: string): void {
  writeFileSync(file, '');
}

/** A link to a file that has the size and the content of a session. */
function linked(file: string): void {
  const size = Number(file.split('-').at(-1));
  writeFileSync(join(path, 'elsewhere'), 'x'.repeat(size));
  symlinkSync(join(path, 'elsewhere'), file);
}

let otherKey = '';
function other(folder: string): void {
  execFileSync('cp', ['-r', folderOf(path, otherKey), folder]);
}

function stateIn(key: string): string {
  const folder = folderOf(path, key);
  return join(
    folder,
    readdirSync(folder).find((name) => name.includes('.'))!,
  );
}

describe.each(damages)('A session with %s', (_, damage, reported) => {
  const bench = new Bench({}, { inner });
  let id: string;
  let key: string;

  beforeEach(async () => {
    otherKey = storeKeyOf(await bench.stored({ secret: 'of another' }));
    id = await bench.stored({ secret: 'hush' });
    key = storeKeyOf(id);
    damage(key);
    bench.warnings.splice(0);
  });

  it('is absent, and reported without its key or values', async () => {
    expect(await bench.read(id)).toEqual({});
    expect(bench.warnings).toEqual([expect.stringMatching(reported)]);
    expect(bench.warnings[0]).not.toContain('hush');
    expect(bench.warnings[0]).not.toContain(key);
    expect(bench.warnings[0]).not.toContain(folderName(key));
  });

  it('can be ended, and gives way to a new one', async () => {
    await bench.open(id).destroy();
    const session = bench.open(id);
    session.set('a', 1);
    await session.save();

    expect(session.id).not.toBe(id);
    expect(await bench.read(session.id!)).toEqual({ a: 1 });
  });
});

describe('Files that are none of ours', () => {
  const bench = new Bench({}, { inner });

  it('disturb nobody, wherever they lie', async () => {
    const id = await bench.stored({ a: 1 });
    const folder = folderOf(path, storeKeyOf(id));
    for (const place of [path, join(path, 'sessions'), join(path, 'expiry'), folder]) {
      writeFileSync(join(place, '.DS_Store'), 'foreign');
      mkdirSync(join(place, 'lost+found'));
    }
    writeFileSync(join(path, 'expiry', '1'), 'where a minute has its folder');
    const session = bench.open(id);
    await session.update('a', (a) => Number(a) + 1);
    await inner.deleteExpired();

    expect(await bench.read(id)).toEqual({ a: 2 });
    expect(bench.warnings).toEqual([]);
  });

  it('in the place of a new session make it take another id', async () => {
    const id = newSessionId();
    const folder = folderOf(path, storeKeyOf(id));
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(folder, 'foreign');
    const session = bench.open();
    session.set('a', 1);
    await session.save();

    expect(await bench.read(session.id!)).toEqual({ a: 1 });
  });
});
