import { readdirSync } from 'node:fs';
import ts from 'typescript';
import { compilerOptions, hostWith } from '../support/compiler-options.js';
import { codeBlocks } from './code-blocks.js';

const COMMON_JS: ts.CompilerOptions = {
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  verbatimModuleSyntax: false,
};

describe('The types', () => {
  const folder = import.meta.dirname;
  const files = readdirSync(folder).map((file) => `${folder}/${file}`);
  const blocks = codeBlocks();
  const host = hostWith(blocks);
  const program = ts.createProgram([...files, ...blocks.keys()], compilerOptions(), host);

  const problemsIn = (paths: Iterable<string>, of = program) =>
    ts.formatDiagnostics(
      [...paths].flatMap((path) => ts.getPreEmitDiagnostics(of, of.getSourceFile(path))),
      host,
    );

  it('are as tight as the files of this folder say', () => {
    expect(problemsIn(files)).toBe('');
  });

  it('fit all code in the documentation', () => {
    expect(blocks.size).toBeGreaterThan(12);
    expect(problemsIn(blocks.keys())).toBe('');
  });

  it('fit it in a CommonJS application, too', () => {
    const options = { ...compilerOptions(), ...COMMON_JS };
    const commonJs = ts.createProgram([...blocks.keys()], options, host);

    expect(problemsIn(blocks.keys(), commonJs)).toBe('');
  });
});
