import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Mutation } from './mutations.js';

const PARTS = ['lib', 'test', 'jest.config.mjs', 'package.json', 'tsconfig.json'];

/** A copy of the repository, outside of it, to be broken. */
export class Copy {
  private constructor(readonly path: string) {}

  static async make(): Promise<Copy> {
    const path = await mkdtemp(join(tmpdir(), 'mutants-'));
    for (const part of PARTS) await cp(part, join(path, part), { recursive: true });
    await symlink(resolve('node_modules'), join(path, 'node_modules'));
    return new Copy(path);
  }

  /** Runs the task on the broken copy, and mends it again; throws if the text to replace is not there exactly once. */
  async broken<T>({ file, replace, by }: Mutation, task: () => Promise<T>): Promise<T> {
    const path = join(this.path, file);
    const text = await readFile(path, 'utf8');
    if (text.split(replace).length !== 2)
      throw new Error(`${file} has not exactly one: ${replace}`);
    await writeFile(
      path,
      text.replace(replace, () => by),
    );
    try {
      return await task();
    } finally {
      await writeFile(path, text);
    }
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
