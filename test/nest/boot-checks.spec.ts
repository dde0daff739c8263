import {
  Controller,
  Get,
  type INestApplicationContext,
  Injectable,
  Module,
  Session as SessionOfNest,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Session, SessionModule, Sessions } from 'nestjs-sessions';
import { moduleOf } from '../support/app.js';
import { Log } from '../support/log.js';

@Injectable()
class Job {
  constructor(readonly sessions: Sessions) {}
}

describe('At boot, SessionModule', () => {
  const log = new Log();
  let app: INestApplicationContext | undefined;
  beforeEach(() => void log.takeLines());
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  it('refuses to be set up a second time, in a feature module', async () => {
    const feature = moduleOf({ imports: [SessionModule.forRoot({ cookie: { name: 'two' } })] });
    const root = moduleOf({ imports: [SessionModule.forRoot(), feature] });
    await expect(boot(root)).rejects.toMatchObject({
      code: 'SESSION_CONFIG_INVALID',
      message: expect.stringMatching(/^`SessionModule\.forRoot\(\)` is imported 2 times\. Import/),
    });
  });

  it('is set up once where one dynamic module is imported by several', async () => {
    const sessions = SessionModule.forRoot({ isGlobal: false });
    const features = [1, 2].map(() => moduleOf({ imports: [sessions], providers: [Job] }));
    await boot(moduleOf({ imports: features }));
    expect(app!.get(Job, { strict: false, each: true })).toHaveLength(2);
  });

  it('is set up once in each application of a process', async () => {
    await boot(moduleOf({ imports: [SessionModule.forRoot()] }));
    const first = app!;
    await boot(moduleOf({ imports: [SessionModule.forRoot()] }));
    expect(app!.get(Sessions)).not.toBe(first.get(Sessions));
    await first.close();
  });

  it('names all handlers with the decorator of @nestjs/common in one warning', async () => {
    class Base {
      @Get('inherited')
      inherited(@SessionOfNest() session: unknown) {
        return typeof session;
      }
    }
    @Controller()
    class Cart extends Base {
      @Get('mine')
      mine(@SessionOfNest() session: unknown) {
        return typeof session;
      }

      @Get('right')
      right(@Session() session: Session) {
        return session.status;
      }
    }
    @Module({ controllers: [Cart] })
    class CartModule {}
    await boot(moduleOf({ imports: [SessionModule.forRoot(), CartModule] }));
    expect(warnings()).toEqual([
      "warn `Session` of '@nestjs/common' reads `request.session`, which is none of this library's: Cart.mine, Cart.inherited. Write `import { Session } from 'nestjs-sessions'`. SessionModule",
    ]);
  });

  it('warns of nothing else', async () => {
    await boot(moduleOf({ imports: [SessionModule.forRoot()] }));
    expect(warnings()).toEqual([]);
  });

  async function boot(root: ReturnType<typeof moduleOf>): Promise<void> {
    const made = await NestFactory.create(root, { logger: log, abortOnError: false });
    app = made;
    await made.init();
  }

  function warnings(): string[] {
    return log.takeLines().filter((line) => line.startsWith('warn'));
  }
});
