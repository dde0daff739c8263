import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addSessions } from './add-sessions.js';
import { boot } from './boot.js';
import { perform, StepFailed } from './command.js';
import type { Project, Runtime, Variant } from './projects.js';
import { standInsForYarn } from './stand-ins.js';
import { NPM_INSTALL, type Tools } from './tools.js';

/** How one step went: undefined where there is none. */
export type Result = 'yes' | 'no' | 'skipped' | undefined;

export interface Row {
  readonly project: Project;
  readonly variant?: string;
  readonly runtime?: Runtime;
  readonly installs?: Result;
  readonly compiles?: Result;
  readonly boots?: Result;
  readonly passes?: Result;
}

const INSTALL = {
  npm: NPM_INSTALL.slice(1),
  pnpm: ['install', '--prefer-offline'],
  yarn: ['install'],
} as const;

export interface Surroundings {
  readonly folder: string;
  readonly tarball: string;
  readonly tools: Tools;
}

/** Scaffolds a project, adds sessions to it, and goes through what its developer would. */
export async function tryProject(project: Project, place: Surroundings): Promise<Row[]> {
  const folder = join(place.folder, project.name);
  const manager = place.tools.manager(project.manager);
  const script = (...names: string[]) =>
    attempt(async () => {
      for (const name of names) await perform(folder, [...manager, 'run', name], YARN);
    });
  await scaffold(project, place);
  await addSessions(folder, project);

  const installs = await attempt(() =>
    perform(folder, [...manager, ...INSTALL[project.manager]], YARN),
  );
  const compiles = await script('build');
  const boots = await attempt(() => boot(folder, startCommand(project, manager)));
  const passes = await script('test', 'test:e2e');
  const rows: Row[] = [{ project, installs, compiles, boots, passes }];
  for (const variant of project.variants) {
    rows.push({ project, variant: variant.name, compiles: await compileAs(folder, variant) });
  }
  for (const runtime of project.runtimes) {
    rows.push({ project, runtime, boots: await bootOn(runtime, folder, place.tools) });
  }
  return rows;
}

const YARN = {
  YARN_ENABLE_TELEMETRY: '0',
  YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
  YARN_NODE_LINKER: 'pnp',
};

async function scaffold(project: Project, { folder, tarball, tools }: Surroundings): Promise<void> {
  const options = ['--skip-install', '--skip-git', '--package-manager', project.manager];
  await perform(folder, [...tools.nest(project.nest), 'new', project.name, ...options]);
  const path = join(folder, project.name, 'package.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { dependencies: object };
  const added = { ...project.dependencies, 'nestjs-sessions': `file:${tarball}` };
  const dependencies = { ...manifest.dependencies, ...added };
  await writeFile(path, JSON.stringify({ ...manifest, dependencies }, null, 2));
  if (project.manager !== 'yarn') return;
  await standInsForYarn(join(folder, project.name));
  // Makes it the root of a project of its own.
  await writeFile(join(folder, project.name, 'yarn.lock'), '');
}

/** Without the package manager where there is a choice, so that ending it ends the application. */
function startCommand({ manager }: Project, command: readonly string[]): string[] {
  return manager === 'yarn' ? [...command, 'node', 'dist/main'] : ['node', 'dist/main'];
}

async function compileAs(folder: string, { name, options }: Variant): Promise<Result> {
  const file = `tsconfig.${name.replaceAll(/\W+/g, '-')}.json`;
  const compilerOptions = { ...options, noEmit: true, incremental: false };
  const config = { extends: './tsconfig.json', compilerOptions, include: ['src', 'test'] };
  await writeFile(join(folder, file), JSON.stringify(config));
  return attempt(async () => {
    try {
      await perform(folder, ['node_modules/.bin/tsc', '--pretty', 'false', '-p', file]);
    } catch (error) {
      if (!isOfOthers(String(error))) throw error;
    }
  });
}

/** Whether all that the compiler found is in the declarations of others, who have to settle it. */
function isOfOthers(printed: string): boolean {
  const problems = printed.match(/^.*error TS\d+.*$/gm) ?? [];
  const ofOthers = problems.filter((line) => /^node_modules\/(?!nestjs-sessions\/)/.test(line));
  return problems.length > 0 && ofOthers.length === problems.length;
}

async function bootOn(runtime: Runtime, folder: string, tools: Tools): Promise<Result> {
  const command = await tools.runtime(runtime);
  if (!command) {
    console.error(`${runtime} is skipped: npm has no package of it that runs on this machine`);
    return 'skipped';
  }
  const options = runtime === 'deno' ? ['run', '--allow-all'] : [];
  return attempt(() => boot(folder, [...command, ...options, 'dist/main.js']));
}

async function attempt(step: () => Promise<unknown>): Promise<Result> {
  try {
    await step();
    return 'yes';
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(error.message);
    return 'no';
  }
}
