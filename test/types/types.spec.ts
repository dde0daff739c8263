import { readdirSync } from 'node:fs';
import ts from 'typescript';
import { compilerOptions } from '../support/compiler-options.js';
import { codeBlocks } from './code-blocks.js';

/** A compiler that takes some files for there that are not on the disk. */
function hostWith(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(compilerOptions());
  const { fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  return host;
}

describe('The types', () => {
  const folder = import.meta.dirname;
  const files = readdirSync(folder).map((file) => `${folder}/${file}`);
  const blocks = codeBlocks();
  const host = hostWith(blocks);
  const program = ts.createProgram([...files, ...blocks.keys()], compilerOptions(), host);

  const problemsIn = (paths: Iterable<string>) =>
    ts.formatDiagnostics(
      [...paths].flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path))),
      host,
    );

  it('are as tight as the files of this folder say', () => {
    expect(problemsIn(files)).toBe('');
  });

  it('fit all code in the documentation', () => {
    expect(blocks.size).toBeGreaterThan(12);
    expect(problemsIn(blocks.keys())).toBe('');
  });
});
