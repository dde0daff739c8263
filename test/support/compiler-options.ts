import ts from 'typescript';

/** What the repository's tsconfig.json, or another one of it, tells the compiler. */
export function compilerOptions(file = 'tsconfig.json'): ts.CompilerOptions {
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: object };
  return ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, process.cwd())
    .options;
}

/** A compiler that takes some files for there that are not on the disk. */
export function hostWith(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(compilerOptions());
  const { fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  return host;
}
