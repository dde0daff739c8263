/**
 * Breaks the library on purpose, one way at a time, in a copy of the repository, and has the tests notice. A mutation
 * that survives is a test that is missing.
 *
 *     npm run test:mutants                 # all of them
 *     npm run test:mutants -- rotation     # those whose name says so
 */
import { Copy } from './copy.js';
import { failuresOf } from './jest.js';
import { type Mutation, mutations } from './mutations.js';

const startedAt = performance.now();
const [wanted = ''] = process.argv.slice(2);
const chosen = mutations.filter(({ name }) => name.includes(wanted));
const copy = await Copy.make();
try {
  const survivors = (await isSound()) ? await survivorsOf(chosen) : chosen.length;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`${chosen.length} mutations, ${survivors} survived, in ${seconds} s`);
  process.exitCode = survivors > 0 ? 1 : 0;
} finally {
  await copy.remove();
}

/** A test that fails anyway notices nothing. */
async function isSound(): Promise<boolean> {
  const tests = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const failures = await failuresOf(copy.path, tests, { isBroken: false });
  for (const failure of failures) console.log(`Fails without a mutation: ${failure}`);
  return failures.length === 0;
}

async function survivorsOf(chosen: readonly Mutation[]): Promise<number> {
  let survivors = 0;
  console.log('| guarantee | mutation | noticed by |\n| --- | --- | --- |');
  for (const mutation of chosen) {
    const [noticedBy = 'SURVIVED'] = await copy.broken(mutation, () =>
      failuresOf(copy.path, mutation.tests, { isBroken: true, only: mutation.only }),
    );
    if (noticedBy === 'SURVIVED') survivors++;
    console.log(`| ${mutation.guarantee} | ${mutation.name} | ${noticedBy} |`);
  }
  return survivors;
}
