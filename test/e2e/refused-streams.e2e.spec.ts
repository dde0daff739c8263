import { Controller, Get, Res, StreamableFile } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { CountingStore } from '../support/counting-store.js';
import { rawOf, type Reply } from '../support/reply.js';

type Named = Session<{ by: string }>;

let sources: Source[] = [];

/** As a file is: open from when it is made, until it is destroyed or read to its end. */
class Source extends Readable {
  readonly isClosed = new Promise((resolve) => this.once('close', resolve));

  constructor() {
    super({ highWaterMark: 1 });
    sources.push(this);
  }

  /** It has no end: whoever reads on to spare the closing never comes to one. */
  override _read(): void {
    setImmediate(() => this.push('more'));
  }
}

@Controller()
class StreamsController {
  @Get('pipe')
  pipe(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'pipe()');
    new Source().pipe(rawOf(reply));
  }

  @Get('pipeline')
  pipeline(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'a pipeline');
    pipeline(new Source(), rawOf(reply), () => undefined);
  }

  @Get('file')
  file(@Session() session: Named) {
    session.set('by', 'a StreamableFile');
    return new StreamableFile(new Source());
  }

  @Get('shared')
  shared(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'a source that others read too');
    const source = new Source();
    source.pipe(new PassThrough()).resume();
    source.pipe(rawOf(reply));
  }
}

describe.each(adapters)('A stream whose response is refused, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  let host: TestApp;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { session: { store }, controllers: [StreamsController] });
    store.before = () => {
      throw new Error('connection refused');
    };
  });
  beforeEach(() => {
    sources = [];
  });
  afterAll(() => host.close());

  it.each(['pipe', 'pipeline', 'file'])('is closed: %s', async (path) => {
    const browser = host.browser();
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.get(`/${path}`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(503));
    expect(sources).toHaveLength(20);
    await Promise.all(sources.map(({ isClosed }) => isClosed));
  });

  it('stays open where another reads it too', async () => {
    expect((await host.browser().get('/shared')).status).toBe(503);
    const [source] = sources;
    await new Promise((resolve) => source?.once('data', resolve));
    expect(source?.destroyed).toBe(false);
    source?.destroy();
  });
});
