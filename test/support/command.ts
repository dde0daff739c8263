import { execFile } from 'node:child_process';

export interface Outcome {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and tells how it went; ends it after five minutes. */
export function run(cwd: string, program: string, ...args: readonly string[]): Promise<Outcome> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, timeout: 300_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? error.signal ?? null) : 0, stdout, stderr }),
    );
  });
}

/** The same, for a program that is expected to do its work: resolves to what it printed. */
export async function succeed(
  cwd: string,
  program: string,
  ...args: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await run(cwd, program, ...args);
  if (code === 0) return stdout;
  throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${stdout}${stderr}`);
}
