import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Session, SessionModule } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { moduleOf, startApp } from '../support/app.js';
import { Browser } from '../support/browser.js';

@Controller()
class Counter {
  @Get()
  async count(@Session() session: Session<{ visits: number }>) {
    return { visits: await session.update('visits', (visits = 0) => visits + 1) };
  }
}

describe.each(adapters)('Two applications with one controller, on %s', (_, makeAdapter) => {
  it('are distinct: the one without the module has no sessions', async () => {
    const withModule = await startApp(makeAdapter(), { controllers: [Counter] });
    const without = await NestFactory.create(moduleOf({ controllers: [Counter] }), makeAdapter(), {
      logger: false,
    });
    await without.listen(0, '127.0.0.1');
    const browser = new Browser(await without.getUrl());

    expect(await browser.get('/')).toMatchObject({ status: 500, setCookie: [] });
    expect((await withModule.browser().get('/')).json()).toEqual({ visits: 1 });
    browser.close();
    await without.close();
    await withModule.close();
  });

  it('are distinct by the cookies that they set', async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) =>
        startApp(makeAdapter(), {
          session: { cookie: { name, secure: false } },
          controllers: [Counter],
        }),
      ),
    );
    expect((await one!.browser().get('/')).setCookie[0]).toMatch(/^one=/);
    expect((await two!.browser().get('/')).setCookie[0]).toMatch(/^two=/);
    await Promise.all([one!.close(), two!.close()]);
  });
});

describe('An application of Express that another server calls', () => {
  it('has sessions', async () => {
    const app = await NestFactory.create(
      moduleOf({ imports: [SessionModule.forRoot()], controllers: [Counter] }),
      new ExpressAdapter(),
      { logger: false },
    );
    await app.init();
    const server = createServer(app.getHttpAdapter().getInstance() as RequestListener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = new Browser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

    expect((await browser.get('/')).json()).toEqual({ visits: 1 });
    expect((await browser.get('/')).json()).toEqual({ visits: 2 });
    browser.close();
    server.close();
    await app.close();
  });
});
