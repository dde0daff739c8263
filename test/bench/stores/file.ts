import { join } from 'node:path';
import expressSession from 'express-session';
import { FileSessionStore } from 'nestjs-sessions/file';
import sessionFileStore from 'session-file-store';
import type { BenchStore } from './bench-store.js';

const FileStore = sessionFileStore(expressSession);

export const file: BenchStore = {
  ours: ({ url }) => new FileSessionStore({ directory: join(url, 'ours') }),

  async peer({ url }) {
    return new FileStore({ path: join(url, 'peer'), logFn: () => undefined });
  },
};
