import { Controller, Get, Param, Post } from '@nestjs/common';
import { join } from 'node:path';
import { Session } from 'nestjs-sessions';
import { FileSessionStore } from 'nestjs-sessions/file';
import { adapters } from '../../support/adapters.js';
import { startApp, type TestApp } from '../../support/app.js';
import { Log } from '../../support/log.js';
import { mountSmallDisk } from './small-disk.js';
import { treeOf } from './store-directory.js';

interface Note {
  note: string;
}

@Controller()
class NoteController {
  @Get()
  async read(@Session() session: Session<Note>) {
    return { note: await session.get('note') };
  }

  @Post('note/:note')
  write(@Session() session: Session<Note>, @Param('note') note: string) {
    session.set('note', note.repeat(10_000));
    return { kept: note };
  }

  @Post('login')
  login(@Session() session: Session<Note>) {
    session.rotate();
  }

  @Post('logout')
  async logout(@Session() session: Session<Note>) {
    await session.destroy();
  }

  @Get('untouched')
  untouched() {
    return 'fine';
  }
}

const disk = mountSmallDisk();
const onBoth = disk ? describe.each(adapters) : describe.skip.each(adapters);

onBoth('A full disk on %s', (name, make) => {
  const directory = join(disk?.path ?? '', name);
  const log = new Log();
  const note = { note: 'a'.repeat(10_000) };
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(make(), {
      controllers: [NoteController],
      session: { store: new FileSessionStore({ directory }) },
      prepare: (app) => app.useLogger(log),
    });
  });

  afterAll(async () => {
    await app.close();
    if (name === adapters.at(-1)![0]) await disk!.remove();
  });

  it('answers writes with 503, keeps the old record, and leaves no debris', async () => {
    const [visitor, newcomer] = [app.browser(), app.browser()];
    await visitor.post('/note/a');
    const before = treeOf(directory);
    log.takeLines();
    disk!.fill();
    const refused = [
      await visitor.post('/note/b'),
      await visitor.post('/login'),
      await newcomer.post('/note/c'),
    ];
    const read = await visitor.get('/');
    const untouched = await newcomer.get('/untouched');
    const after = treeOf(directory);
    disk!.free();

    expect(refused.map(({ status, setCookie }) => [status, setCookie])).toEqual([
      [503, []],
      [503, []],
      [503, []],
    ]);
    expect(read.json()).toEqual(note);
    expect(untouched.text).toBe('fine');
    expect(after).toEqual(before);
    expect(log.takeLines()).toEqual(
      refused.map(() =>
        expect.stringMatching(
          /\(Error: write of a session file: ENOSPC, no space left on device\)/,
        ),
      ),
    );
  });

  it('lets sessions be read and ended, and the next write works when there is room', async () => {
    const [visitor, leaver] = [app.browser(), app.browser()];
    for (const browser of [visitor, leaver]) await browser.post('/note/a');
    disk!.fill();
    const left = await leaver.clone().post('/logout');
    disk!.free();

    expect(left.status).toBe(201);
    expect((await leaver.get('/')).json()).toEqual({});
    expect((await visitor.post('/note/b')).json()).toEqual({ kept: 'b' });
    expect((await visitor.get('/')).json()).toEqual({ note: 'b'.repeat(10_000) });
  });
});
