import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run, succeed } from '../support/command.js';
import { ENTRIES, ENTRY_FILES, pack, type Packed } from '../support/pack.js';

/** Each takes half a minute: a usual run makes do with the newer one. */
const NESTS = process.env.CI ? ['12', '11'] : ['12'];
const ADAPTERS = ['express', 'fastify'];
/** An application of either kind of module, by what its package and its compiler call it. */
const KINDS = [
  { kind: 'ES', type: 'module', module: 'nodenext' },
  { kind: 'CommonJS', type: 'commonjs', module: 'node20' },
] as const;

const COMPILER = resolve('node_modules/typescript/bin/tsc');

const describeInstalled = (await canInstall()) ? describe : describe.skip;
let scratch: string;
let packed: Packed;

function projectOf(nest: string): string {
  return join(scratch, `nest-${nest}`);
}

/** Without a registry in reach the tests of installing are skipped, but never in CI. */
async function canInstall(): Promise<boolean> {
  if (process.env.CI) return true;
  const view = ['view', '@nestjs/common', 'version', '--fetch-retries=0', '--fetch-timeout=10000'];
  const { code, stderr } = await run(tmpdir(), 'npm', ...view);
  const [, reason] = /npm error (.*)/.exec(stderr) ?? [];
  if (code !== 0) console.warn(`Installing the package is not tested: no registry (${reason})`);
  return code === 0;
}

async function install(nest: string): Promise<void> {
  const project = projectOf(nest);
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true }');
  const packages = ['common', 'core', 'platform-express', 'platform-fastify'];
  await succeed(
    project,
    'npm',
    'install',
    ...['--prefer-offline', '--no-audit', '--no-fund'],
    packed.tarball,
    ...packages.map((name) => `@nestjs/${name}@${nest}`),
    ...['reflect-metadata', 'rxjs', '@types/express@5', '@types/node@22'],
  );
}

async function writeApp(folder: string, type: string, module: string): Promise<void> {
  await mkdir(folder);
  await cp('test/package/consumer/app.ts', join(folder, 'app.ts'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type }));
  const compilerOptions = {
    module,
    target: 'es2023',
    strict: true,
    // The declarations of the packages are the same for both kinds of module.
    skipLibCheck: type === 'commonjs',
    skipDefaultLibCheck: true,
    noEmitOnError: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nestjs-sessions-'));
  packed = await pack(join(scratch, 'package'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('The packed package', () => {
  it('holds the build, and the pages that npm displays', () => {
    const others = packed.files.filter((path) => !/^(?:dist|sample)\//.test(path));

    expect(others.toSorted()).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'lib/BEYOND-CONTROLLERS.md',
      'lib/COMPATIBILITY.md',
      'lib/ERRORS.md',
      'lib/GUARANTEES.md',
      'lib/OPTIONS.md',
      'lib/README.md',
      'lib/SECURITY.md',
      'lib/TESTING.md',
      'lib/VALUES.md',
      'lib/auth/README.md',
      'lib/stores/AUTHORS.md',
      'lib/stores/README.md',
      'package.json',
      'test/projects/README.md',
    ]);
  });

  it('holds every entry, as code and as types, for either kind of module', () => {
    expect(packed.files.map((path) => `./${path}`)).toEqual(
      expect.arrayContaining([...ENTRY_FILES]),
    );
    expect(packed.files).toContain('dist/cjs/package.json');
  });

  it.each([['publint', 'run', '--strict'], ['attw']])(
    'gives %s nothing to object to',
    async (tool, ...options) => {
      const program = resolve('node_modules/.bin', tool);
      const { code, stdout, stderr } = await run(scratch, program, ...options, packed.tarball);

      expect(code === 0 ? 'nothing' : stdout + stderr).toBe('nothing');
    },
  );
});

describeInstalled.each(NESTS)('Installed beside Nest %s', (nest) => {
  beforeAll(() => install(nest));

  it('loads by every entry that needs no client of a database', async () => {
    const entries = ENTRIES.filter((entry) => !/redis|typeorm/.test(entry));
    const imports = entries.map((entry) => `import '${entry}';`);
    await writeFile(join(projectOf(nest), 'entries.mjs'), imports.join('\n'));

    expect(await run(projectOf(nest), process.execPath, 'entries.mjs')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  describe.each(KINDS)('an application of $kind modules', ({ kind, type, module }) => {
    const folder = () => join(projectOf(nest), kind);

    it('compiles, with names and values of its sessions', async () => {
      await writeApp(folder(), type, module);

      expect(await run(folder(), process.execPath, COMPILER)).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      });
    });

    it.each(ADAPTERS)('keeps sessions on %s, without a warning', async (adapter) => {
      const { code, stdout, stderr } = await run(folder(), process.execPath, 'app.js', adapter);

      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual([
        { id: 'ann', visits: 1, first: 'tea' },
        { id: 'ann', visits: 2, first: 'tea' },
        { visits: 1 },
        1,
      ]);
    });
  });
});
