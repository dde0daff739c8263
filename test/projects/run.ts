/**
 * Scaffolds projects with the Nest CLI, outside of this repository, installs the packed package in them, and goes through
 * what their developers would: `npm run test:projects`. `-- --only nest-12` tries those whose names begin so; `--update`
 * writes the table into the page.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from '../support/pack.js';
import { type Project, PROJECTS } from './projects.js';
import { isTold, tableOf } from './table.js';
import { installTools } from './tools.js';
import { type Row, type Surroundings, tryProject } from './try-project.js';

const PAGE = 'test/projects/README.md';
/** As many as a small machine has cores: most of the time a project waits for one. */
const AT_ONCE = 2;

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, update: { type: 'boolean', default: false } },
});

async function prepare(folder: string): Promise<Surroundings> {
  await mkdir(join(folder, 'package'));
  const [{ tarball }, tools] = await Promise.all([
    pack(join(folder, 'package')),
    installTools(join(folder, 'tools')),
  ]);
  return { folder, tarball, tools };
}

async function tryAll(projects: readonly Project[], place: Surroundings): Promise<Row[]> {
  const rows: Row[][] = [];
  const left = projects.entries();
  const worker = async () => {
    for (const [n, project] of left) {
      const startedAt = Date.now();
      rows[n] = await tryProject(project, place);
      console.error(`${project.name}: ${Math.round((Date.now() - startedAt) / 1000)} s`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return rows.flat();
}

async function updatePage(table: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  await writeFile(PAGE, page.replace(/(?:^\|.*\n)+/m, `${table}\n`));
}

const folder = await mkdtemp(join(tmpdir(), 'nestjs-sessions-projects-'));
try {
  const projects = PROJECTS.filter(({ name }) => name.startsWith(options.only));
  const rows = await tryAll(projects, await prepare(folder));
  const table = tableOf(rows);
  console.log(table);
  const hasFailed = rows.some((row) => Object.values(row).includes('no'));
  if (options.update) await updatePage(table);
  else if (!hasFailed && !isTold(table, await readFile(PAGE, 'utf8'))) {
    console.error(`${PAGE} says something else: run this with --update`);
    process.exitCode = 1;
  }
  if (hasFailed) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
