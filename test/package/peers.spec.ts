import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run, succeed } from '../support/command.js';
import { missing } from '../support/servers.js';

/** What applications have beside this library. Each takes its time to resolve: a usual run makes do with one. */
const BESIDE = [
  ['ioredis@5.0.4', 'redis@4', 'typeorm@0.3.20'],
  ['ioredis@4', 'redis@3'],
  ['ioredis@6', 'redis@6'],
].slice(0, process.env.CI ? undefined : 1);
const NEEDED =
  /^RedisSessionStore makes its client with ioredis 5\.4\.1 or later, and (.*)\. Run `npm install ioredis`, or set `client` to a client of `redis` 5 or later\.$/;

const COMPILER = resolve('node_modules/typescript/bin/tsc');
const OFFLINE = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];

let scratch: string;
const describeInstalled = (await canInstall()) ? describe : describe.skip;

/** Without a registry in reach the tests of installing are skipped, but never in CI. */
async function canInstall(): Promise<boolean> {
  if (process.env.CI) return true;
  const view = ['view', 'ioredis', 'version', '--fetch-retries=0', '--fetch-timeout=10000'];
  const { code } = await run(tmpdir(), 'npm', ...view);
  if (code !== 0) missing('npm', 'no registry answers');
  return code === 0;
}

async function project(name: string): Promise<string> {
  const folder = join(scratch, name);
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  return folder;
}

/** The package as far as npm looks at it when it resolves peers. */
async function packedManifest(): Promise<string> {
  const folder = join(scratch, 'manifest');
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
  const names = ['name', 'version', 'peerDependencies', 'peerDependenciesMeta'];
  await mkdir(folder);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify(Object.fromEntries(names.map((name) => [name, manifest[name]]))),
  );
  const listing = await succeed(folder, 'npm', 'pack', '--json');
  return join(folder, (JSON.parse(listing) as [{ filename: string }])[0].filename);
}

/** A project that has the library as it was compiled for these tests, and of its peers those of the checkout it names. */
async function projectWith(name: string, ...peers: readonly string[]): Promise<string> {
  const folder = await project(name);
  const library = join(folder, 'node_modules/nestjs-sessions');
  await cp('dist-test/package.json', join(library, 'package.json'));
  await cp('dist-test/lib', join(library, 'lib'), { recursive: true });
  for (const peer of ['@nestjs', 'ms', 'cookie', 'rxjs', 'reflect-metadata', ...peers]) {
    await symlink(resolve('node_modules', peer), join(folder, 'node_modules', peer));
  }
  return folder;
}

/** What the store says at boot in that project. */
async function saidAtBoot(folder: string): Promise<string> {
  const code = `import { RedisSessionStore } from 'nestjs-sessions/redis';
    const store = new RedisSessionStore({ client: 'redis://127.0.0.1:1' });
    await store.onModuleInit().catch((error) => console.log(error.message));
    await store.onApplicationShutdown();`;
  await writeFile(join(folder, 'boot.js'), code);
  return (await succeed(folder, process.execPath, 'boot.js')).trim();
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nestjs-sessions-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describeInstalled('npm installs the package', () => {
  let tarball: string;
  beforeAll(async () => {
    tarball = await packedManifest();
  });

  it.each(BESIDE.map((beside) => [beside.join(', '), beside] as const))(
    'beside %s',
    async (name, beside) => {
      const folder = await project(name);
      const packages = [tarball, '@nestjs/core@11', '@nestjs/common@11', ...beside];

      expect(
        await run(folder, 'npm', 'install', '--package-lock-only', ...OFFLINE, ...packages),
      ).toMatchObject({ code: 0 });
    },
  );
});

describe('A store that is to make its client', () => {
  it('says that it needs ioredis where there is none', async () => {
    const [, obstacle] = NEEDED.exec(await saidAtBoot(await projectWith('without'))) ?? [];

    expect(obstacle).toBe('it is not installed');
  });

  it('connects with the ioredis that there is', async () => {
    expect(await saidAtBoot(await projectWith('with', 'ioredis'))).toMatch(
      /^The session store cannot use Redis at 127\.0\.0\.1:1: connect ECONNREFUSED/,
    );
  });
});

describeInstalled('A store that is to make its client', () => {
  it.each(['4', '5.3'])('says that it needs a newer ioredis than %s', async (version) => {
    const folder = await projectWith(`ioredis-${version}`);
    const older = join(scratch, `older-${version}`);
    await succeed(tmpdir(), 'npm', 'install', '--prefix', older, ...OFFLINE, `ioredis@${version}`);
    await symlink(join(older, 'node_modules/ioredis'), join(folder, 'node_modules/ioredis'));
    const [, obstacle] = NEEDED.exec(await saidAtBoot(folder)) ?? [];

    expect(obstacle).toBe('an older one is installed');
  });
});

describe('The types of the redis entry', () => {
  let library: string;
  beforeAll(async () => {
    library = join(scratch, 'library');
    const options = [
      '--noEmit',
      'false',
      '--emitDeclarationOnly',
      '--outDir',
      join(library, 'dist'),
    ];
    await succeed('.', process.execPath, COMPILER, '-p', 'tsconfig.build.json', ...options);
    await cp('package.json', join(library, 'package.json'));
  });

  /** Compiles a program that gives a store its client. */
  async function compiled(name: string, client: string, ...peers: readonly string[]) {
    const folder = await project(name);
    const modules = join(folder, 'node_modules');
    await cp(library, join(modules, 'nestjs-sessions'), { recursive: true });
    for (const peer of ['@nestjs', '@types', 'rxjs', 'reflect-metadata', ...peers]) {
      await symlink(resolve('node_modules', peer), join(modules, peer));
    }
    await writeFile(
      join(folder, 'app.ts'),
      `import { RedisSessionStore } from 'nestjs-sessions/redis';\n${client}`,
    );
    const options = ['--module', 'nodenext', '--target', 'es2023', '--noEmit', '--types', 'node'];
    return run(folder, process.execPath, COMPILER, '--strict', ...options, 'app.ts');
  }

  it('take a client of redis where there is no ioredis, in a strict program', async () => {
    const client = `import { createClient, createCluster } from 'redis';
      new RedisSessionStore({ client: createClient() });
      new RedisSessionStore({ client: createCluster({ rootNodes: [] }) });`;

    expect(await compiled('node-redis', client, 'redis')).toMatchObject({ code: 0, stdout: '' });
  });

  it('take no options of a client where there is no ioredis', async () => {
    const { stdout } = await compiled(
      'options',
      `new RedisSessionStore({ client: { host: 'a' } });`,
    );

    expect(stdout).toMatch(/^app\.ts\(2,\d+\): error TS2353: .*'host' does not exist/);
    expect(stdout).not.toContain('node_modules');
  });

  it('take the options of ioredis where there is one', async () => {
    const client = `new RedisSessionStore({ client: { host: 'a', db: 1 } });
      // @ts-expect-error
      new RedisSessionStore({ client: { hosts: 'a' } });`;

    expect(await compiled('ioredis', client, 'ioredis')).toMatchObject({ code: 0, stdout: '' });
  });
});
