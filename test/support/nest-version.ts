import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string };

/** The version of Nest that the tests run on, for what Nest 11 cannot do. */
export const nestMajor = Number.parseInt(manifest.version, 10);
