import { join, resolve } from 'node:path';
import ts from 'typescript';
import { compilerOptions } from './compiler-options.js';
import { librarySources } from './imports.js';

/** A folder that is not on the disk. */
const FOLDER = resolve('declarations');

/** The declarations that the package ships, by path. */
export function emitDeclarations(): Map<string, string> {
  const files = new Map<string, string>();
  const options: ts.CompilerOptions = {
    ...compilerOptions('tsconfig.build.json'),
    emitDeclarationOnly: true,
    outDir: FOLDER,
  };
  ts.createProgram(librarySources(), options).emit(undefined, (path, text) => {
    files.set(path, text);
  });
  return files;
}

/** Where the declarations of an entry are that is built from a source. */
export function declarationsOf(source: string): string {
  return join(FOLDER, source.replace(/^lib\/(.*)\.ts$/, '$1.d.ts'));
}

/** What an editor asks about code that imports the package by its names, with these files for there. */
export function editorWith(files: ReadonlyMap<string, string>): ts.LanguageService {
  const options = compilerOptions();
  const paths = Object.entries(options.paths!).map(([name, [source]]) => [
    name,
    [declarationsOf(source!.replace('./', ''))],
  ]);
  const known = (path: string) => files.get(path) ?? ts.sys.readFile(path);
  return ts.createLanguageService({
    getCompilationSettings: () => ({
      ...options,
      paths: Object.fromEntries(paths) as Record<string, string[]>,
      skipLibCheck: false,
      skipDefaultLibCheck: true,
    }),
    getScriptFileNames: () => [...files.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const text = known(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => process.cwd(),
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (path) => files.has(path) || ts.sys.fileExists(path),
    readFile: known,
    directoryExists: (path) =>
      [...files.keys()].some((file) => file.startsWith(`${path}/`)) || ts.sys.directoryExists(path),
  });
}
