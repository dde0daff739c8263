import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { importsOf } from '../support/imports.js';
import { compilerOptions } from '../support/compiler-options.js';

interface Entry {
  /** Names that exist when the program runs. */
  readonly values: readonly string[];
  /** Names for the compiler alone. */
  readonly types: readonly string[];
  /** Packages that must be installed for it to load. */
  readonly needs: readonly string[];
}

/** All that users can import. A name that is added here is there to stay. */
const ENTRIES: Readonly<Record<string, Entry>> = {
  '.': {
    values: [
      'Session',
      'SessionError',
      'SessionInterceptor',
      'SessionListener',
      'SessionMiddleware',
      'SessionModule',
      'SessionStore',
      'Sessions',
      'SkipSession',
      'decodeRecord',
      'encodeRecord',
      'openSession',
      'sessionKey',
    ],
    types: [
      'Clock',
      'CommitOptions',
      'CookieOptions',
      'Duration',
      'ExpiredDeletion',
      'Frozen',
      'LifetimeOptions',
      'LifetimeRule',
      'LimitOptions',
      'ListOptions',
      'ListenerProvider',
      'LiveRecord',
      'MessageOptions',
      'PerUserLimit',
      'SaveOutcome',
      'SavedExpiry',
      'SessionData',
      'SessionErrorCode',
      'SessionEvent',
      'SessionEventType',
      'SessionKey',
      'SessionKeyOptions',
      'SessionLifetime',
      'SessionModuleExtras',
      'SessionOptions',
      'SessionOptionsFactory',
      'SessionRecord',
      'SessionStatus',
      'Storable',
      'StoreProvider',
      'StoreTime',
      'Tombstone',
      'UserIndex',
      'UserSession',
    ],
    needs: ['@nestjs/common', '@nestjs/core', '@standard-schema/spec', 'cookie', 'ms', 'rxjs'],
  },
  './auth': {
    values: [
      'CsrfGuard',
      'CurrentUser',
      'PassportSessionMiddleware',
      'PermissionLoader',
      'RequirePermission',
      'SessionAuthGuard',
      'SessionAuthModule',
      'SignedIn',
      'UserLoader',
      'csrfToken',
      'safeRedirectPath',
      'signIn',
      'signOut',
    ],
    types: ['SessionAuthOptions', 'SignInOptions'],
    needs: ['@nestjs/common', '@nestjs/core', 'cookie', 'ms'],
  },
  './file': {
    values: ['FileSessionStore'],
    types: ['FileSessionStoreOptions'],
    needs: ['@nestjs/common', 'ms'],
  },
  './memory': {
    values: ['MemorySessionStore'],
    types: ['MemorySessionStoreOptions'],
    needs: ['@nestjs/common', 'ms'],
  },
  './redis': {
    values: ['REDIS_SESSION_STORE_OPTIONS', 'RedisSessionStore'],
    types: [
      'NodeRedisClient',
      'NodeRedisMulti',
      'NodeRedisScriptOptions',
      'OwnClientOptions',
      'RedisClient',
      'RedisDurability',
      'RedisPipeline',
      'RedisSessionStoreOptions',
    ],
    needs: ['@nestjs/common', 'ioredis', 'ms'],
  },
  './testing': {
    values: ['ManualClock', 'describeSessionStore', 'seedSession'],
    types: ['MadeStore', 'SeedOptions', 'StoreFactory', 'StoreSuiteOptions', 'TestRunner'],
    needs: ['cookie', 'ms'],
  },
  './typeorm': {
    values: [
      'AddPurgeTime1795305600000',
      'CreateSessions1795219200000',
      'TypeOrmSessionStore',
      'sessionRecordEntity',
    ],
    types: ['SessionRow', 'SqlType', 'TypeOrmSessionStoreOptions'],
    needs: ['@nestjs/common', 'ms', 'typeorm'],
  },
};

interface Manifest {
  readonly exports: Readonly<
    Record<string, string | { readonly default: { readonly types: string } }>
  >;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const entries = Object.entries(ENTRIES);

const program = ts.createProgram(
  entries.map(([path]) => sourceOf(path)),
  compilerOptions(),
);
const checker = program.getTypeChecker();

/** The source that an entry of the package is built from. */
function sourceOf(path: string): string {
  const target = manifest.exports[path];
  if (!target || typeof target === 'string')
    throw new Error(`package.json exports no code as ${path}`);
  return target.default.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'lib/$1.ts');
}

function exportsOf(path: string): ts.Symbol[] {
  const entry = checker.getSymbolAtLocation(program.getSourceFile(sourceOf(path))!)!;
  return checker
    .getExportsOfModule(entry)
    .map((name) => (name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name));
}

function isValue({ flags }: ts.Symbol): boolean {
  return (flags & ts.SymbolFlags.Value) !== 0;
}

function namesOf(symbols: readonly ts.Symbol[]): string[] {
  return symbols.map(({ name }) => name).toSorted();
}

function hasTag(symbol: ts.Symbol, tag: string): boolean {
  return symbol.getJsDocTags(checker).some(({ name }) => name === tag);
}

function isPublic(symbol: ts.Symbol): boolean {
  return hasTag(symbol, 'publicApi');
}

/** The names without a word about them. Where each member has its own, the interface around them needs none. */
function undescribed(symbol: ts.Symbol): string[] {
  const isDescribed =
    symbol.getDocumentationComment(checker).length > 0 || hasTag(symbol, 'default');
  if (isDescribed) return [];
  const members = [...(symbol.members?.values() ?? [])].flatMap(undescribed);
  return symbol.members?.size && members.length === 0 ? [] : [symbol.name, ...members];
}

/** The packages that a source and all it imports name. */
function packagesBehind(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  return new Set(
    importsOf(file).flatMap((specifier) => {
      if (specifier.startsWith('node:')) return [];
      if (!specifier.startsWith('.')) return [packageOf(specifier)];
      const next = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
      return [...packagesBehind(next, seen)];
    }),
  );
}

/** A file of a package is named behind it. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

describe('The package', () => {
  it('has the entries of the list', () => {
    expect(Object.keys(manifest.exports)).toEqual([...Object.keys(ENTRIES), './package.json']);
  });

  it('declares every package it needs, and none beside', () => {
    const needed = new Set(entries.flatMap(([, { needs }]) => needs));
    // Nest's decorators write their metadata through it, so it is the application's to load.
    needed.add('reflect-metadata');
    // Applications hand its clients over, and nothing of it is imported.
    needed.add('redis');
    // Declarations name the types of `ms`, which come apart from it.
    needed.add('@types/ms');

    expect(
      Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).toSorted(),
    ).toEqual([...needed].toSorted());
  });

  it('needs an optional peer for a store alone, and no two for one', () => {
    const optional = Object.keys(manifest.peerDependenciesMeta ?? {});
    const counts = entries.map(([path, { needs }]) => ({
      isStore: sourceOf(path).startsWith('lib/stores/'),
      optional: needs.filter((name) => optional.includes(name)).length,
    }));

    expect(counts.filter(({ isStore, optional }) => optional > (isStore ? 1 : 0))).toEqual([]);
  });
});

describe.each(entries)('The entry %s', (path, { values, types, needs }) => {
  const symbols = exportsOf(path);

  it('exports the names of the list', () => {
    expect(namesOf(symbols.filter(isValue))).toEqual(values);
    expect(namesOf(symbols.filter((symbol) => !isValue(symbol)))).toEqual(types);
  });

  it('has them when the program runs', async () => {
    const name = posix.join('nestjs-sessions', path);

    expect(Object.keys((await import(name)) as object).toSorted()).toEqual(values);
  });

  it('needs the packages of the list to load', () => {
    expect([...packagesBehind(sourceOf(path))].toSorted()).toEqual(needs);
  });

  it('says what each name is, as part of the public interface', () => {
    const unsaid = symbols.filter((symbol) => !isPublic(symbol) || undescribed(symbol).length > 0);

    expect(unsaid.map(({ name }) => name)).toEqual([]);
  });
});
