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
  // Much of a run waits for servers and processes, so that all cores have room for it.
  maxWorkers: '100%',
  // Servers answer late on a machine that is busy; a test that hangs fails all the same.
  testTimeout: 20_000,
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
