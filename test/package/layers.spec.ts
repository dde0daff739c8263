import { posix } from 'node:path';
import { importsOf, librarySources } from '../support/imports.js';

interface Layer {
  /** The layers it may import, beside itself. */
  readonly ours: readonly string[];
  /** The packages it may import; `node:` stands for all that is built in. */
  readonly others: readonly string[];
}

/** Who may import what. A folder's name is its layer's, and a layer includes the layers below its folder; the root entry is the only file outside of them. */
const LAYERS: Readonly<Record<string, Layer>> = {
  'core/errors': { ours: [], others: [] },
  'core/options': { ours: ['core/errors'], others: ['node:', 'ms'] },
  'core/record': { ours: ['core/errors', 'core/options'], others: ['node:'] },
  'core/session': { ours: ['core'], others: ['node:', '@standard-schema/spec'] },
  commit: { ours: ['core'], others: ['node:'] },
  cookie: { ours: ['core'], others: ['cookie', 'node:crypto'] },
  nest: {
    ours: ['core', 'commit', 'cookie', 'stores/memory'],
    others: [
      '@nestjs/common',
      '@nestjs/common/constants.js',
      '@nestjs/common/enums/route-paramtypes.enum.js',
      '@nestjs/core',
      'rxjs',
      'node:',
    ],
  },
  auth: { ours: ['core', 'nest'], others: ['@nestjs/common', 'node:'] },
  'stores/file': { ours: ['core'], others: ['@nestjs/common', 'node:'] },
  'stores/memory': { ours: ['core'], others: ['@nestjs/common'] },
  'stores/redis': { ours: ['core'], others: ['@nestjs/common', 'ioredis', 'node:crypto'] },
  'stores/typeorm': { ours: ['core'], others: ['@nestjs/common', 'typeorm', 'node:'] },
  testing: { ours: ['core', 'cookie'], others: [] },
  entry: { ours: ['core', 'commit', 'cookie', 'nest'], others: [] },
};

/** Index files are entries for users. Inside, one is imported: where one layer uses another as a user would. */
const INDEX_FILES = /^lib\/(?:(?:stores\/[\w-]+|auth|testing)\/)?index\.ts$/;
const INDEX_IMPORTS: readonly [from: string, index: string][] = [
  ['nest', 'lib/stores/memory/index.ts'],
];

const ADAPTERS = /^(?:express|fastify|@types\/express|@fastify\/.*|@nestjs\/platform-.*)$/;

const sources = librarySources();
const imports = sources.flatMap((file) =>
  importsOf(file).map((specifier) => ({ file, specifier, target: targetOf(file, specifier) })),
);

function layerOf(file: string): string {
  const [, folder = '', room = ''] = file.split('/');
  if (folder === 'index.ts') return 'entry';
  return folder === 'stores' || folder === 'core' ? `${folder}/${room}` : folder;
}

/** The file of ours that a specifier names, or undefined. */
function targetOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
}

function isAllowed({ file, specifier, target }: (typeof imports)[number]): boolean {
  const from = layerOf(file);
  const { ours, others } = LAYERS[from]!;
  if (target) return [from, ...ours].some((layer) => `${layerOf(target)}/`.startsWith(`${layer}/`));
  return others.includes(specifier) || (others.includes('node:') && specifier.startsWith('node:'));
}

function shown({ file, specifier }: (typeof imports)[number]): string {
  return `${file} imports ${specifier}`;
}

describe('The layers', () => {
  it('are the folders of lib', () => {
    expect(new Set(sources.map(layerOf))).toEqual(new Set(Object.keys(LAYERS)));
  });

  it('import what the table allows, and nothing else', () => {
    expect(imports.filter((found) => !isAllowed(found)).map(shown)).toEqual([]);
  });

  it('import files that are there', () => {
    const missing = imports.filter(({ target }) => target && !sources.includes(target));

    expect(imports.length).toBeGreaterThan(100);
    expect(missing.map(shown)).toEqual([]);
  });

  it('know no adapter, not even its types', () => {
    expect(imports.filter(({ specifier }) => ADAPTERS.test(specifier)).map(shown)).toEqual([]);
  });

  it('have index files for users only', () => {
    const inside = imports.filter(
      ({ file, target }) =>
        target?.endsWith('/index.ts') &&
        !INDEX_IMPORTS.some(([from, index]) => layerOf(file) === from && target === index),
    );

    expect(
      sources.filter((file) => /(^|\/)index\.\w+$/.test(file) && !INDEX_FILES.test(file)),
    ).toEqual([]);
    expect(inside.map(shown)).toEqual([]);
  });

  it.each(INDEX_IMPORTS)('of %s reach a store through %s alone', (from, index) => {
    const store = layerOf(index);
    const past = imports.filter(
      ({ file, target }) =>
        layerOf(file) === from && target && layerOf(target) === store && target !== index,
    );

    expect(past.map(shown)).toEqual([]);
  });
});
