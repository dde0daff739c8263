import { readdirSync } from 'node:fs';
import ts from 'typescript';
import { compilerOptions } from '../support/compiler-options.js';

describe('The types', () => {
  it('are as tight as the files of this folder say', () => {
    const folder = import.meta.dirname;
    const files = readdirSync(folder).map((file) => `${folder}/${file}`);
    const program = ts.createProgram(files, compilerOptions());
    const problems = files.flatMap((file) =>
      ts.getPreEmitDiagnostics(program, program.getSourceFile(file)),
    );

    expect(ts.formatDiagnostics(problems, ts.createCompilerHost({}))).toBe('');
  });
});
