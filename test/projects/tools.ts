import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { perform } from './command.js';
import type { Project, Runtime } from './projects.js';

export const NPM_INSTALL = ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund'];

/** Package managers and CLIs, each in a folder of its own. */
export interface Tools {
  nest(line: Project['nest']): string[];
  manager(name: Project['manager']): string[];
  runtime(name: Runtime): Promise<string[] | undefined>;
}

/** The newest of a line, since that is what a developer gets. */
const PACKAGES = {
  'nest-11': '@nestjs/cli@11',
  'nest-12': '@nestjs/cli@12',
  pnpm: 'pnpm@10',
  yarn: '@yarnpkg/cli-dist@4',
};

export async function installTools(folder: string): Promise<Tools> {
  for (const [name, spec] of Object.entries(PACKAGES)) await installTool(join(folder, name), spec);
  const bin = (tool: string, name: string) => [join(folder, tool, 'node_modules/.bin', name)];
  return {
    nest: (line) => bin(`nest-${line}`, 'nest'),
    manager: (name) => (name === 'npm' ? ['npm'] : bin(name, name)),
    runtime: async (name) => {
      try {
        await installTool(join(folder, name), name);
        await perform(folder, [...bin(name, name), '--version']);
        return bin(name, name);
      } catch {
        return undefined;
      }
    },
  };
}

async function installTool(folder: string, spec: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await perform(folder, [...NPM_INSTALL, spec]);
}
