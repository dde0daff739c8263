import { describeFourAtOnce } from '../../support/describe-four-at-once.js';
import { fourProcesses } from '../../support/workers/worker-processes.js';
import { storeDirectory } from './store-directory.js';

const directory = storeDirectory();
afterAll(() => directory.remove());

describeFourAtOnce('FileSessionStore', () => fourProcesses('file', { directory: directory.path }));
