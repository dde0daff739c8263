import { getSystemErrorMap } from 'node:util';

/**
 * The result of a file operation, or `otherwise` if it failed with one of the codes.
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
 * Whether a file operation succeeded; false if it failed with one of the codes.
 *
 * @internal
 */
export function succeeds(codes: readonly string[], operation: Promise<unknown>): Promise<boolean> {
  return unless(
    codes,
    operation.then(() => true),
    false,
  );
}

/**
 * Runs the task. A system error names a path, and paths hold store keys, so an error without the path replaces it.
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
 * The reason of a system error, without the path: `ENOSPC, no space left on device`.
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
