import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** The modules that a source file names: imports, re-exports, types in line, dynamic imports, `require`. */
export function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(file, 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName);
}

/** The sources of the library, as paths from the root of the repository. */
export function librarySources(): string[] {
  return readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `lib/${path.replaceAll('\\', '/')}`);
}
