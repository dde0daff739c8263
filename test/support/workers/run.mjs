/** Runs a program of the tests: `node test/support/workers/run.mjs test/compare/run.ts`. */
import compile from './compile.mjs';

const [source] = process.argv.splice(2, 1);
await compile();
await import(`../../../dist-test/${source.replace(/ts$/, 'js')}`);
