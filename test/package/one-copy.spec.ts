import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { run } from '../support/command.js';
import { ENTRIES, pack } from '../support/pack.js';

/** Names what a module that is required and imported has twice, and where the one that was required comes from. */
const PROGRAM = `
const entry = process.argv[2];
const required = require(entry);
import(entry).then((imported) => {
  const names = Object.keys(imported).filter((name) => name !== 'module.exports');
  const twice = names.filter((name) => required[name] !== imported[name]);
  console.log(JSON.stringify({ count: names.length, twice }));
});
`;

jest.setTimeout(300_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nestjs-sessions-'));
  await pack(folder);
  await writeFile(join(folder, 'both.cjs'), PROGRAM);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('In one process', () => {
  it.each(ENTRIES)('%s is one copy, required and imported', async (entry) => {
    const { code, stdout, stderr } = await run(folder, process.execPath, 'both.cjs', entry);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { count, twice } = JSON.parse(stdout) as { count: number; twice: string[] };
    expect(count).toBeGreaterThan(0);
    expect(twice).toEqual([]);
  });

  it.each(ENTRIES)('%s has the same names for tools without ES modules', async (entry) => {
    const program = `const names = (all) => Object.keys(all).filter((name) => name !== 'module.exports').sort().join();
      import(process.argv[1]).then((all) => console.log(names(all) === names(require(require.resolve(process.argv[1]).replace('/dist/', '/dist/cjs/')))))`;
    const outcome = await run(folder, process.execPath, '-e', program, entry);

    expect(outcome).toEqual({ code: 0, stdout: 'true\n', stderr: '' });
  });
});
