import { strict as assert } from 'node:assert';
import type { Clock, LiveRecord, SaveOutcome, SessionRecord } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { describeSessionStore, type StoreFactory, type TestRunner } from 'nestjs-sessions/testing';

/** The names of the tests that a store fails, found with a runner of our own. */
async function failures(factory: StoreFactory): Promise<string[]> {
  const path: string[] = [];
  const tests: [name: string, body: () => Promise<void>][] = [];
  const runner: TestRunner = {
    describe: (name, body) => {
      path.push(name);
      body();
      path.pop();
    },
    it: (name, body) => void tests.push([[...path.slice(1), name].join(': '), body]),
    expect: (actual) => ({ toEqual: (expected) => assert.deepEqual(actual, expected) }),
  };
  describeSessionStore(runner, 'a store', factory, { deletesExpired: true, listsByUser: true });
  const failed: string[] = [];
  for (const [name, body] of tests) await body().catch(() => failed.push(name));
  return failed;
}

class UpsertingStore extends MemorySessionStore {
  override async save(...args: Parameters<MemorySessionStore['save']>): Promise<SaveOutcome> {
    const outcome = await super.save(...args);
    if (outcome !== 'gone') return outcome;
    await this.create(args[0]);
    return 'saved';
  }
}

class CheckThenWriteStore extends MemorySessionStore {
  override async create(record: SessionRecord): Promise<boolean> {
    if (await this.load(record.key)) return false;
    await new Promise(setImmediate);
    await this.delete(record.key);
    return super.create(record);
  }
}

class RevivingStore extends MemorySessionStore {
  readonly #last = new Map<string, SessionRecord>();

  override create(record: SessionRecord): Promise<boolean> {
    this.#last.set(record.key, record);
    return super.create(record);
  }

  override async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    const last = this.#last.get(key);
    if (last) await super.create({ ...last, expiresAt });
    return super.touch(key, expiresAt, revision);
  }
}

/** Grants a minute more to what has expired. */
class LenientStore extends MemorySessionStore {
  constructor(private readonly time: { readonly clock: Clock }) {
    super(time);
  }

  override async load(key: string): Promise<SessionRecord | undefined> {
    const record = await super.load(key);
    const now = this.time.clock.now();
    return record && record.expiresAt <= now ? { ...record, expiresAt: now + 60_000 } : record;
  }
}

/** Has nothing left of what has expired. */
class ForgetfulStore extends MemorySessionStore {
  constructor(private readonly time: { readonly clock: Clock }) {
    super(time);
  }

  override async load(key: string): Promise<SessionRecord | undefined> {
    const record = await super.load(key);
    return record && record.expiresAt > this.time.clock.now() ? record : undefined;
  }
}

class SharingStore extends MemorySessionStore {
  readonly #shared = new Map<string, SessionRecord>();

  override async load(key: string): Promise<SessionRecord | undefined> {
    const record = await super.load(key);
    const shared = this.#shared.get(key);
    if (!record || shared?.revision !== record.revision) this.#shared.delete(key);
    else return Object.assign(shared, { expiresAt: record.expiresAt });
    if (record) this.#shared.set(key, record);
    return record;
  }
}

class OverwritingStore extends MemorySessionStore {
  override async save(record: SessionRecord): Promise<SaveOutcome> {
    const present = await this.load(record.key);
    return present ? super.save(record, present.revision) : 'gone';
  }
}

/** An index that is written after the record, and believed. */
class HastyIndexStore extends MemorySessionStore {
  readonly #users = new Map<string, string>();

  override async create(record: SessionRecord): Promise<boolean> {
    const isCreated = await super.create(record);
    if (isCreated && record.kind === 'live' && record.userId !== undefined)
      this.#users.set(record.key, record.userId);
    return isCreated;
  }

  override async listByUser(userId: string): Promise<LiveRecord[]> {
    const keys = [...this.#users].filter(([, user]) => user === userId).map(([key]) => key);
    const records = await Promise.all(keys.map((key) => this.load(key)));
    return records.filter((record) => record?.kind === 'live');
  }
}

/** Looks at each entry once, whatever is rotated meanwhile. */
class OneLookStore extends MemorySessionStore {
  override async listByUser(userId: string): Promise<LiveRecord[]> {
    const keys = (await super.listByUser(userId)).map(({ key }) => key);
    for (let pause = 0; pause < 10; pause++) await Promise.resolve();
    const records = await Promise.all(keys.map((key) => this.load(key)));
    return records.filter((record) => record?.kind === 'live');
  }
}

/** Keeps what it has loaded, and forgets it at what it writes itself: a cache as one is made in an afternoon. */
function cached(inner: MemorySessionStore): MemorySessionStore {
  const loaded = new Map<string, string>();
  const forgetting = (name: string) => {
    const write = Reflect.get(inner, name) as (...all: unknown[]) => unknown;
    return (...all: [SessionRecord | string]) => {
      loaded.delete(typeof all[0] === 'string' ? all[0] : all[0].key);
      return write.apply(inner, all);
    };
  };
  return Object.create(inner, {
    load: {
      value: async (key: string) => {
        const text = loaded.get(key) ?? JSON.stringify(await inner.load(key));
        if (text !== undefined) loaded.set(key, text);
        return text === undefined ? undefined : (JSON.parse(text) as SessionRecord);
      },
    },
    deleteExpired: { value: (limit: number) => inner.deleteExpired(limit) },
    listByUser: { value: (userId: string) => inner.listByUser(userId) },
    ...Object.fromEntries(
      ['create', 'save', 'touch', 'delete'].map((name) => [name, { value: forgetting(name) }]),
    ),
  }) as MemorySessionStore;
}

describe('describeSessionStore', () => {
  it('passes a store that keeps all promises', async () => {
    expect(await failures((clock) => new MemorySessionStore({ clock }))).toEqual([]);
  });

  it('passes a store that has nothing left of what has expired', async () => {
    expect(await failures((clock) => new ForgetfulStore({ clock }))).toEqual([]);
  });

  it.each([
    [
      'creates on save',
      UpsertingStore,
      'save: answers gone where nothing is stored, and creates nothing',
    ],
    [
      'looks first and then creates',
      CheckThenWriteStore,
      'create: lets exactly one of 10 racers for a key win, and keeps what the winner stored',
    ],
    [
      'shares its objects',
      SharingStore,
      'load: hands out copies: what a caller does to one changes nothing that is stored',
    ],
    [
      'hands out what has expired with another expiry',
      LenientStore,
      'load: never hands out an expired record as a live one: it answers undefined, or the record with its past expiry',
    ],
    [
      'revives on touch',
      RevivingStore,
      'touch: answers false for an expired record, and revives nothing',
    ],
    [
      'saves at any revision',
      OverwritingStore,
      'save: answers conflict at another revision, and keeps what was there',
    ],
    [
      'indexes what is created only',
      HastyIndexStore,
      'listByUser: lists a record that a save gave to the user, and not under the former one',
    ],
    [
      'believes its index',
      HastyIndexStore,
      'listByUser: lists no record that a save took from the user, and lists it when it is given back',
    ],
    [
      'looks once at what its index names',
      OneLookStore,
      'listByUser: misses no session that is rotated meanwhile, under both of its keys',
    ],
  ])('fails a store that %s, by the test of that promise', async (_, Store, promise) => {
    expect(await failures((clock) => new Store({ clock }))).toContain(promise);
  });

  it('fails a store that believes what its own process has loaded', async () => {
    const failed = await failures((clock) => {
      const shared = new MemorySessionStore({ clock });
      return { store: cached(shared), other: cached(shared) };
    });

    expect(failed).toEqual([
      'a second process: has loaded a record, and sees a save of it at once',
      'a second process: has loaded a record, and sees its end at once',
      'a second process: has loaded a record, and sees a touch of it at once',
    ]);
  });

  it('fails stores that each keep data of their own', async () => {
    const failed = await failures((clock) => ({
      store: new MemorySessionStore({ clock }),
      other: new MemorySessionStore({ clock }),
    }));

    expect(failed.map((name) => name.split(':')[0])).toEqual(Array(5).fill('a second process'));
  });

  it('fails a factory that gives no second store', async () => {
    const failed = await failures(((clock: Clock) => ({
      store: new MemorySessionStore({ clock }),
    })) as unknown as StoreFactory);

    expect(failed).toContain('load: gives back a whole record');
  });

  it('closes what the factory opened, also after a failure', async () => {
    let open = 0;
    const failed = await failures((clock) => {
      open++;
      const store = new UpsertingStore({ clock });
      return {
        store,
        other: store,
        close: async () => {
          open--;
        },
      };
    });

    expect(failed).not.toEqual([]);
    expect(open).toBe(0);
  });
});
