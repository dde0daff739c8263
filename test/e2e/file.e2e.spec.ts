import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSessionStore } from 'nestjs-sessions/file';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { VisitsController } from '../support/visits.controller.js';
import { storeDirectory } from '../stores/file/store-directory.js';

describe.each(adapters)('FileSessionStore on %s', (_, make) => {
  const directory = storeDirectory();
  const start = (path = directory.path): Promise<TestApp> =>
    startApp(make(), {
      controllers: [VisitsController],
      session: { store: new FileSessionStore({ directory: path }), cookie: { secure: false } },
    });

  afterAll(() => directory.remove());

  it('counts visits', async () => {
    const app = await start();
    const browser = app.browser();
    const first = await browser.get('/');
    const second = await browser.get('/');
    await app.close();

    expect(first.json()).toEqual({ visits: 1 });
    expect(first.setCookie).toEqual([
      expect.stringMatching(/^sid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(second.json()).toEqual({ visits: 2 });
    expect(second.setCookie).toEqual([]);
  });

  it('keeps sessions, rotated and ended ones, over a restart of the application', async () => {
    const before = await start();
    const [stays, rotates, leaves] = [before.browser(), before.browser(), before.browser()];
    for (const browser of [stays, rotates, leaves]) await browser.get('/');
    const [planted, old] = [rotates.clone(), leaves.clone()];
    await rotates.post('/login');
    await leaves.post('/logout');
    await before.close();

    const after = await start();
    const visits = [];
    for (const browser of [stays, rotates, planted, old]) {
      const again = after.browser();
      for (const [name, value] of browser.jar) again.jar.set(name, value);
      visits.push((await again.get('/')).text);
    }
    await after.close();

    expect(visits).toEqual([
      '{"visits":2}',
      '{"visits":2}',
      expect.stringContaining('409'),
      '{"visits":1}',
    ]);
  });

  it('counts overlapping visits of two applications on one directory', async () => {
    const apps = [await start(), await start()];
    const browser = apps[0]!.browser();
    await browser.get('/');
    const others = apps.map((app) => app.browser());
    for (const other of others) for (const [name, value] of browser.jar) other.jar.set(name, value);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => others[n % 2]!.get('/')),
    );
    for (const app of apps) await app.close();

    const visits = answers.map((answer) => answer.json<{ visits: number }>().visits);
    expect(visits.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 2));
  });

  it('fails the boot with one line if its directory is unusable', async () => {
    const file = join(directory.path, 'a-file');
    writeFileSync(file, '');

    await expect(start(join(file, 'sessions'))).rejects.toThrow(
      `Expected \`FileSessionStore directory\` to be a folder that this process can make and write to, got "${file}/sessions" (ENOTDIR, not a directory).`,
    );
  });
});
