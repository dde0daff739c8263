import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What jest writes with `--json`, as far as it is read here. */
interface Report {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Enough for random requests to meet in every way that matters. */
const MODEL_RUNS = '3000';
/** A test that hangs has failed. */
const TEST_TIMEOUT_MS = 3_000;

const ARGUMENTS = [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  ...['node_modules/jest/bin/jest.js', '--json', '--outputFile=report.json'],
  ...['--ci', `--testTimeout=${TEST_TIMEOUT_MS}`],
];

/** Runs test files in a folder, and resolves to the names of the tests that failed. */
export async function failuresOf(path: string, tests: readonly string[]): Promise<string[]> {
  const report = join(path, 'report.json');
  await rm(report, { force: true });
  const env = { ...process.env, TEST_MODEL_RUNS: MODEL_RUNS };
  const jest = spawn(process.execPath, [...ARGUMENTS, ...tests], {
    cwd: path,
    env,
    stdio: 'ignore',
  });
  await once(jest, 'exit');
  return failuresIn(JSON.parse(await readFile(report, 'utf8')) as Report);
}

function failuresIn({ success, testResults }: Report): string[] {
  const failures = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => fullName + breachIn(failureMessages.join('\n')));
  const isBroken = !success && failures.length === 0;
  if (isBroken) throw new Error(testResults.map(({ message }) => message).join('\n'));
  return failures;
}

/** The model has one test, whose failure says which guarantee was not kept. */
function breachIn(message: string): string {
  const breach = /"((?:guarantee \d+|contract of the store): [^"\\]*)/.exec(message)?.[1];
  return breach ? `; ${breach.trim()}` : '';
}
