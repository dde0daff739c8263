import { availableParallelism } from 'node:os';

/** Tests import the library by its public names, so that its entries are tested too. */
const entries = {
  '^nestjs-sessions$': '<rootDir>/lib/index.ts',
  '^nestjs-sessions/auth$': '<rootDir>/lib/auth/index.ts',
  '^nestjs-sessions/file$': '<rootDir>/lib/stores/file/index.ts',
  '^nestjs-sessions/memory$': '<rootDir>/lib/stores/memory/index.ts',
  '^nestjs-sessions/redis$': '<rootDir>/lib/stores/redis/index.ts',
  '^nestjs-sessions/testing$': '<rootDir>/lib/testing/index.ts',
  '^nestjs-sessions/typeorm$': '<rootDir>/lib/stores/typeorm/index.ts',
};

export default {
  testEnvironment: 'node',
  // Much of a run waits for servers and processes, so that the cores have room for one more.
  maxWorkers: availableParallelism() + 1,
  // What a file has loaded stays in its worker, and slows down the files after it.
  workerIdleMemoryLimit: '600MB',
  // Servers answer late on a machine that is busy; a test that hangs fails all the same.
  testTimeout: 300_000,
  globalSetup: '<rootDir>/test/support/workers/compile.mjs',
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  testMatch: ['<rootDir>/{test,sample}/**/*.spec.ts'],
  // They take a minute of their own: `npm run test:browser`.
  testPathIgnorePatterns: process.env.TEST_BROWSER ? [] : ['<rootDir>/test/browser/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { ...entries, '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          keepClassNames: true,
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: true,
          },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  collectCoverageFrom: ['lib/**/*.ts'],
  coverageProvider: 'babel',
};
