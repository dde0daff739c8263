import {
  Controller,
  Get,
  Inject,
  Injectable,
  type INestApplication,
  Module,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  Session,
  SessionModule,
  type SessionOptions,
  type SessionOptionsFactory,
  Sessions,
  SessionStore,
} from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { seedSession } from 'nestjs-sessions/testing';
import { moduleOf } from '../support/app.js';
import { Browser } from '../support/browser.js';

@Controller()
class Counter {
  @Get()
  async count(@Session() session: Session<{ visits: number }>) {
    return { visits: await session.update('visits', (visits = 0) => visits + 1) };
  }
}

@Injectable()
class Limits {
  readonly maxSessions = 7;
}

@Module({ providers: [Limits], exports: [Limits] })
class LimitsModule {}

@Injectable()
class LimitedStore extends MemorySessionStore {
  constructor(@Inject(Limits) readonly limits: Limits) {
    super({ maxSessions: limits.maxSessions });
  }
}

@Injectable()
class OptionsService implements SessionOptionsFactory {
  createSessionOptions(): SessionOptions {
    return { cookie: { name: 'from-class', secure: false } };
  }
}

@Module({ providers: [OptionsService], exports: [OptionsService] })
class OptionsModule {}

describe('SessionModule', () => {
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  /** Boots an application around the module, visits it twice, and returns the cookie's name. */
  async function visit(session: ReturnType<typeof SessionModule.forRoot>): Promise<string> {
    app = await NestFactory.create(moduleOf({ imports: [session], controllers: [Counter] }), {
      logger: false,
      abortOnError: false,
    });
    await app.listen(0, '127.0.0.1');
    const browser = new Browser(await app.getUrl());
    await browser.get('/');
    expect((await browser.get('/')).json()).toEqual({ visits: 2 });
    browser.close();
    return [...browser.jar.keys()].join();
  }

  describe('takes a store', () => {
    it('by default in memory', async () => {
      await visit(SessionModule.forRoot());
      expect(app!.get(SessionStore)).toBeInstanceOf(MemorySessionStore);
    });

    it('as an instance', async () => {
      const store = new MemorySessionStore();
      await visit(SessionModule.forRoot({ store }));
      expect(app!.get(SessionStore)).toBe(store);
    });

    it('as a class, built with what it injects from imports', async () => {
      await visit(SessionModule.forRoot({ store: LimitedStore, imports: [LimitsModule] }));
      expect(app!.get<LimitedStore>(SessionStore).limits).toBeInstanceOf(Limits);
    });

    it('as { useClass }', async () => {
      await visit(SessionModule.forRoot({ store: { useClass: MemorySessionStore } }));
      expect(app!.get(SessionStore)).toBeInstanceOf(MemorySessionStore);
    });

    it('as { useExisting }', async () => {
      @Module({ imports: [LimitsModule], providers: [LimitedStore], exports: [LimitedStore] })
      class Stores {}
      await visit(
        SessionModule.forRoot({ store: { useExisting: LimitedStore }, imports: [Stores] }),
      );
      expect(app!.get(SessionStore)).toBe(app!.get(LimitedStore, { strict: false }));
    });

    it('as { useFactory, inject }, asynchronous too', async () => {
      const useFactory = async (limits: Limits) =>
        new MemorySessionStore({ maxSessions: limits.maxSessions });
      await visit(
        SessionModule.forRoot({ store: { useFactory, inject: [Limits] }, imports: [LimitsModule] }),
      );
      expect(app!.get(SessionStore)).toBeInstanceOf(MemorySessionStore);
    });

    it('that a test overrides', async () => {
      const store = new MemorySessionStore();
      const cookie = await seedSession<{ visits: number }>(store, { data: { visits: 41 } });
      const builder = Test.createTestingModule({
        imports: [SessionModule.forRoot()],
        controllers: [Counter],
      });
      app = (
        await builder.overrideProvider(SessionStore).useValue(store).compile()
      ).createNestApplication();
      await app.listen(0, '127.0.0.1');
      const browser = new Browser(await app.getUrl());

      expect((await browser.get('/', { headers: { cookie } })).json()).toEqual({ visits: 42 });
      browser.close();
    });

    it('and names the dependency that it lacks', async () => {
      await expect(visit(SessionModule.forRoot({ store: LimitedStore }))).rejects.toThrow(
        /can't resolve dependencies of the LimitedStore \(\?\).*Limits/s,
      );
    });

    it('and nothing that is no store', () => {
      expect(() => SessionModule.forRoot({ store: {} as SessionStore })).toThrow(
        'Expected `store` to be an instance or a class of SessionStore, or { useClass | useExisting | useFactory }, got a value of type object.',
      );
    });
  });

  describe('takes options', () => {
    it('from a factory that injects', async () => {
      const name = await visit(
        SessionModule.forRootAsync({
          imports: [LimitsModule],
          inject: [Limits],
          useFactory: async (limits: Limits) => ({
            cookie: { name: `c${limits.maxSessions}`, secure: false },
          }),
        }),
      );
      expect(name).toBe('c7');
    });

    it('from a class', async () => {
      expect(await visit(SessionModule.forRootAsync({ useClass: OptionsService }))).toBe(
        'from-class',
      );
    });

    it('from a provider that exists', async () => {
      const session = SessionModule.forRootAsync({
        useExisting: OptionsService,
        imports: [OptionsModule],
      });
      expect(await visit(session)).toBe('from-class');
    });

    it('beside a store with dependencies', async () => {
      await visit(
        SessionModule.forRootAsync({
          store: LimitedStore,
          imports: [LimitsModule],
          useFactory: () => ({}),
        }),
      );
      expect(app!.get(SessionStore)).toBeInstanceOf(LimitedStore);
    });

    it.each<[object, string]>([
      [
        { lifetime: { idleTimeout: 0 } },
        'Expected `lifetime.idleTimeout` to be a positive number of milliseconds or a text like "30m", got 0 (number).',
      ],
      [{ lifetime: { idleTimeout: NaN } }, 'got NaN (number).'],
      [
        { lifetime: { idleTimeout: 30 } },
        'Expected `lifetime.idleTimeout` to be from a second to 100 years, got 30 milliseconds; did you mean "30s"?',
      ],
      [{ lifetime: { idleTimeout: '900' } }, 'got 900 milliseconds; did you mean "900s"?'],
      [{ lifetime: { idleTimeout: '30ms' } }, 'from a second to 100 years, got "30ms".'],
      [{ lifetime: { absoluteLifetime: 999 } }, 'did you mean "999s"?'],
      [{ lifetime: { absoluteLifetime: 1e300 } }, 'to 100 years, got 1e+300 (number).'],
      [{ lifetime: { idleTimeout: '101y' } }, 'to 100 years, got "101y".'],
      [{ lifetime: { renewEvery: 5 } }, 'did you mean "5s"?'],
      [
        { limits: { storeTimeout: 2 } },
        'at least 10 milliseconds, got 2 milliseconds; did you mean "2s"?',
      ],
      [
        { lifetime: { absoluteLifetime: 'soon' } },
        'Expected `lifetime.absoluteLifetime` to be a positive number of milliseconds or a text like "30m", got "soon".',
      ],
      [
        { lifetime: { idleTimeout: '2d', absoluteLifetime: '1d' } },
        'Expected `lifetime.idleTimeout` to be at most `lifetime.absoluteLifetime`, got more.',
      ],
      [
        { lifetime: { maxAge: 5 } },
        '`lifetime.maxAge` is not an option. There are: idleTimeout, absoluteLifetime, renewEvery.',
      ],
      [
        { limits: { recordBytes: 1023 } },
        'Expected `limits.recordBytes` to be a whole number from 1024 on, got 1023.',
      ],
      [{ limits: { recordBytes: 2000.5 } }, 'a whole number from 1024 on, got 2000.5.'],
      [
        { limits: { storeTimeout: '60d' } },
        'Expected `limits.storeTimeout` to be at most 24 days, got "60d".',
      ],
      [{ limits: { storeTimeout: 2 ** 31 } }, 'at most 24 days, got 2147483648 (number).'],
      [{ limits: { storeTimeout: -5 } }, 'Expected `limits.storeTimeout` to be a positive'],
      [
        { limits: { bytes: 5 } },
        '`limits.bytes` is not an option. There are: recordBytes, storeTimeout, perUser.',
      ],
      [
        { limits: { perUser: {} } },
        'Expected `limits.perUser.max` to be a positive whole number, got undefined.',
      ],
      [
        { limits: { perUser: { max: 0 } } },
        'Expected `limits.perUser.max` to be a positive whole number, got 0.',
      ],
      [
        { limits: { perUser: { max: 1, whenFull: 'drop' } } },
        'Expected `limits.perUser.whenFull` to be "end-oldest" or "refuse", got "drop".',
      ],
      [
        { limits: { perUser: { maximum: 1 } } },
        '`limits.perUser.maximum` is not an option. There are: max, whenFull.',
      ],
      [
        { cookie: { sameSite: 'none', secure: false } },
        'Expected `cookie.secure` to be true where `cookie.sameSite` is "none", got false.',
      ],
      [
        { messages: { sessionId: 'id' } },
        'Expected `messages.sessionId` to be a function, got a value of type string.',
      ],
      [
        { secret: 'x' },
        '`secret` is not an option. There are: lifetime, cookie, limits, messages.',
      ],
    ])('and fails the boot for %j', async (options, message) => {
      await expect(visit(SessionModule.forRoot(options))).rejects.toThrow(
        expect.objectContaining({
          code: 'SESSION_CONFIG_INVALID',
          message: expect.stringContaining(message),
        }),
      );
      await expect(
        visit(SessionModule.forRootAsync({ useFactory: () => options })),
      ).rejects.toThrow(message);
    });

    it('that are undefined as if they were left out', async () => {
      const options = {
        lifetime: { idleTimeout: undefined },
        cookie: undefined,
        limits: { recordBytes: undefined },
      };
      expect(await visit(SessionModule.forRoot(options as object))).toBe('__Host-sid');
    });
  });

  describe('is global', () => {
    @Injectable()
    class Job {
      constructor(
        readonly sessions: Sessions,
        readonly store: SessionStore,
      ) {}
    }

    const feature: Type = moduleOf({ providers: [Job] });

    it('by default: any module can inject Sessions and the store', async () => {
      const root = moduleOf({ imports: [SessionModule.forRoot(), feature] });
      app = await NestFactory.create(root, { logger: false });
      const { sessions, store } = app.get(Job, { strict: false });
      const session = sessions.open<{ n: number }>();
      session.set('n', 1);
      await session.save();

      expect(store).toBeInstanceOf(MemorySessionStore);
      expect(await sessions.open<{ n: number }>(session.id).get('n')).toBe(1);
    });

    it('unless an option says otherwise', async () => {
      const root = moduleOf({ imports: [SessionModule.forRoot({ isGlobal: false }), feature] });

      await expect(
        NestFactory.create(root, { logger: false, abortOnError: false }),
      ).rejects.toThrow(/can't resolve dependencies of the Job/);
    });
  });

  it('warns once in production that the memory store forgets', async () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    const warnings: string[] = [];
    const logger = { log() {}, error() {}, warn: (message: string) => void warnings.push(message) };
    app = await NestFactory.create(moduleOf({ imports: [SessionModule.forRoot()] }), { logger });
    await app.init();
    process.env.NODE_ENV = NODE_ENV;

    expect(warnings).toEqual([expect.stringContaining('Choose another `store` for production')]);
  });
});
