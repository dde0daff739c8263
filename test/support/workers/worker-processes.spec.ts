import { openSession } from 'nestjs-sessions';
import type { Crew } from '../describe-four-at-once.js';
import { serverFolder } from '../servers.js';
import { fourProcesses } from './worker-processes.js';

describe('A worker process', () => {
  let folder: Awaited<ReturnType<typeof serverFolder>>;
  let crew: Crew;

  beforeAll(async () => {
    folder = await serverFolder();
    crew = await fourProcesses('file', { directory: folder.path });
  });
  afterAll(async () => {
    await crew?.close();
    await folder.remove();
  });

  it('answers each task with what that task came to, whichever ends first', async () => {
    const session = openSession<Record<string, number>>(crew.store);
    session.set('count', 0);
    await session.save();
    const [worker] = crew.workers as [Crew['workers'][number]];
    const long = worker.perform({ kind: 'increment', id: session.id!, worker: 0, times: 20 });
    const short = worker.perform({ kind: 'commit', ids: [] });

    expect(await short).toEqual([]);
    expect(await long).toHaveLength(20);
  });
});
