import type { Row } from './try-project.js';

const HEAD = [
  ...['scaffold', 'package manager', 'adapter', 'sessions in', 'tsconfig'],
  ...['installs', 'compiles', 'boots', 'its own tests pass', 'what had to be changed'],
];
const SCAFFOLDS = { 11: 'Nest 11, CommonJS, jest', 12: 'Nest 12, ES modules, vitest' };
const RUNTIMES = { bun: 'on Bun', deno: 'on Deno' };

export function tableOf(rows: readonly Row[]): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellsOf(row: Row): string[] {
  const { project, variant, runtime, installs, compiles, boots, passes } = row;
  const typeorm = /\d.*$/.exec(project.dependencies.typeorm ?? '')?.[0].replace(/\.[^.]*$/, '');
  const results = [installs, compiles, boots, passes];
  return [
    SCAFFOLDS[project.nest] + (runtime ? `, ${RUNTIMES[runtime]}` : ''),
    project.manager === 'yarn' ? 'Yarn 4, PnP' : project.manager,
    project.adapter,
    typeorm ? `TypeORM ${typeorm.replace(/^1\.0$/, '1')}` : 'memory',
    variant ? `${variant}; strict, libraries checked` : 'as scaffolded',
    ...results.map((result) => result ?? ''),
    results.includes('no') ? '' : project.changed,
  ];
}

/** Whether a table says what a page says, but for what was skipped. Spaces do not count. */
export function isTold(table: string, page: string): boolean {
  const lines = new Set(page.split('\n').map(squeezed));
  return table.split('\n').every((line) => line.includes('skipped') || lines.has(squeezed(line)));
}

function squeezed(line: string): string {
  return line.replaceAll(/-+/g, '-').replaceAll(/\s+/g, ' ').trim();
}
