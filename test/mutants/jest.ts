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
/** Without a mutation nothing hangs, and a busy machine is slow. */
const SOUND_TIMEOUT_MS = 60_000;
/** With one, a test that hangs has failed. Tests that may take longer say so themselves. */
const BROKEN_TIMEOUT_MS = 5_000;

const ARGUMENTS = [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  ...['node_modules/jest/bin/jest.js', '--json', '--outputFile=report.json'],
  '--ci',
];

/** What is run of a test file, and how. */
interface Run {
  /** Whether the library is broken on purpose. */
  readonly isBroken: boolean;
  /** A pattern of the names of the tests; all where it is missing. */
  readonly only?: string | undefined;
}

/** Runs test files in a folder, and resolves to the names of the tests that failed. */
export async function failuresOf(
  path: string,
  tests: readonly string[],
  { isBroken, only = '' }: Run,
): Promise<string[]> {
  const timeoutMs = isBroken ? BROKEN_TIMEOUT_MS : SOUND_TIMEOUT_MS;
  const options = [`--testTimeout=${timeoutMs}`, `--testNamePattern=${only}`];
  const report = join(path, 'report.json');
  await rm(report, { force: true });
  const env = { ...process.env, TEST_MODEL_RUNS: MODEL_RUNS };
  const jest = spawn(process.execPath, [...ARGUMENTS, ...options, ...tests], {
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
