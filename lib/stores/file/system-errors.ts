import { getSystemErrorMap } from 'node:util';

/**
 * The answer of a file operation, or `otherwise` where it failed with one of the codes.
 *
 * @internal
 */
export async function unless<T, U>(
  codes: readonly string[],
  operation: Promise<T>,
  otherwise: U,
): Promise<T | U> {
  try {
    return await operation;
  } catch (error) {
    if (isSystemError(error) && codes.includes(error.code)) return otherwise;
    throw error;
  }
}

/**
 * Runs the task. What the system throws names a path, and paths hold store keys: it is replaced by an error that says
 * what failed and nothing else.
 *
 * @internal
 */
export async function withoutPaths<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw isSystemError(error) ? pathless(error) : error;
  }
}

/**
 * What the system says is wrong, without the path: `ENOSPC, no space left on device`.
 *
 * @internal
 */
export function reasonOf(error: unknown): string {
  if (!isSystemError(error)) return String(error);
  const [, meaning] = getSystemErrorMap().get(error.errno ?? 0) ?? [];
  return meaning === undefined ? error.code : `${error.code}, ${meaning}`;
}

function pathless(error: SystemError): Error {
  const { code, syscall = 'file operation' } = error;
  return Object.assign(new Error(`${syscall} of a session file: ${reasonOf(error)}`), { code });
}

type SystemError = NodeJS.ErrnoException & { readonly code: string };

function isSystemError(error: unknown): error is SystemError {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}
