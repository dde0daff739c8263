import { execFile } from 'node:child_process';

/** A step that failed, with what it printed. */
export class StepFailed extends Error {}

const LIMIT_MS = 480_000;

/** Runs a program to its end, and resolves to what it printed; rejects with {@link StepFailed} where it fails. */
export function perform(
  cwd: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const [program, ...args] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...environment(), ...env }, timeout: LIMIT_MS };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      reject(new StepFailed(`${command.join(' ')}\n${stdout}${stderr}${error.message}`));
    });
  });
}

/** As a developer has it: nothing of the run that this is a part of. */
export function environment(): Record<string, string | undefined> {
  const foreign = /^(?:NODE_ENV|NODE_OPTIONS|CI|INIT_CWD|npm_(?!config_registry).*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
