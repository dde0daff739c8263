/** A project as the Nest CLI scaffolds it, and what its developer has chosen. */
export interface Project {
  /** The folder it is scaffolded in. */
  readonly name: string;
  readonly nest: 11 | 12;
  readonly manager: 'npm' | 'pnpm' | 'yarn';
  readonly adapter: 'Express' | 'Fastify';
  /** What its developer has to change that is not in the scaffold, nor in the README. */
  readonly changed: string;
  /** Packages that it has beside those of the scaffold. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Where it keeps its sessions. */
  readonly store: 'memory' | 'TypeORM';
  /** Other compiler options that its sources compile with too. */
  readonly variants: readonly Variant[];
  /** Other runtimes that boot what it compiled to. */
  readonly runtimes: readonly Runtime[];
}

export type Runtime = 'bun' | 'deno';

export interface Variant {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const SCAFFOLDED = {
  manager: 'npm',
  adapter: 'Express',
  changed: 'nothing',
  dependencies: {},
  store: 'memory',
  variants: [],
  runtimes: [],
} as const;

/** For all variants: the declarations of the package are checked too, by every strict option that the scaffold keeps. */
const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  useUnknownInCatchVariables: true,
  skipLibCheck: false,
};

const VARIANTS = [
  variant('commonjs, node10', {
    module: 'commonjs',
    moduleResolution: 'node10',
    // Of the scaffold; it is not for node10.
    resolvePackageJsonExports: null,
  }),
  variant('node16', { module: 'node16', moduleResolution: 'node16' }),
  variant('node18', { module: 'node18', moduleResolution: 'node16' }),
  variant('nodenext', { module: 'nodenext', moduleResolution: 'nodenext' }),
  variant('preserve, bundler', { module: 'preserve', moduleResolution: 'bundler' }),
];
/** TypeScript 6, which Nest 12 comes with, is about to drop node10. */
const NEWER_VARIANTS = VARIANTS.filter(({ name }) => !name.includes('node10'));

const CLIENTS = { ioredis: '^5.4.1', libsql: '^0.5.29' };

export const PROJECTS: readonly Project[] = [
  { ...SCAFFOLDED, name: 'nest-11', nest: 11 },
  { ...SCAFFOLDED, name: 'nest-11-pnpm', nest: 11, manager: 'pnpm' },
  {
    ...SCAFFOLDED,
    name: 'nest-11-yarn',
    nest: 11,
    manager: 'yarn',
    changed: 'nothing for sessions; ts-jest needs `jest-util` there in any project',
    dependencies: { 'jest-util': '^30.0.0' },
  },
  {
    ...SCAFFOLDED,
    name: 'nest-11-fastify',
    nest: 11,
    adapter: 'Fastify',
    dependencies: { '@nestjs/platform-fastify': '^11.0.0' },
  },
  {
    ...SCAFFOLDED,
    name: 'nest-11-typeorm-0.3',
    nest: 11,
    dependencies: { ...CLIENTS, '@nestjs/typeorm': '^11.0.0', typeorm: '^0.3.20' },
    store: 'TypeORM',
  },
  {
    ...SCAFFOLDED,
    name: 'nest-11-typeorm-1',
    nest: 11,
    dependencies: { ...CLIENTS, '@nestjs/typeorm': '^11.0.0', typeorm: '^1.0.0' },
    store: 'TypeORM',
    variants: VARIANTS,
  },
  { ...SCAFFOLDED, name: 'nest-12', nest: 12, runtimes: ['bun', 'deno'] },
  {
    ...SCAFFOLDED,
    name: 'nest-12-fastify-typeorm-1',
    nest: 12,
    adapter: 'Fastify',
    dependencies: {
      ...CLIENTS,
      '@nestjs/platform-fastify': '^12.0.0',
      '@nestjs/typeorm': '^12.0.0',
      typeorm: '^1.0.0',
    },
    store: 'TypeORM',
    variants: NEWER_VARIANTS,
  },
];

function variant(name: string, options: Readonly<Record<string, unknown>>): Variant {
  return { name, options: { ...STRICT, ...options } };
}
