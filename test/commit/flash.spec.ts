import { emptySession } from '../../lib/core/session/reserved-value.js';
import type { Session } from 'nestjs-sessions';
import { Bench, meetAfterLoading, type Values } from '../support/open.js';

describe('Flashed values', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  async function flashing(id: string, ...values: unknown[]): Promise<void> {
    const session = bench.open(id);
    for (const value of values) session.flash('notice', value);
    await session.save();
  }

  it('are returned once, in order, to the next request that takes their key', async () => {
    const id = await bench.stored();
    await flashing(id, 'one', { text: 'two' });
    await flashing(id, 3);

    expect(await bench.open(id).takeFlash('error')).toEqual([]);
    expect(await bench.open(id).takeFlash('notice')).toEqual(['one', { text: 'two' }, 3]);
    expect(await bench.open(id).takeFlash('notice')).toEqual([]);
  });

  it('stay until a request takes them', async () => {
    const id = await bench.stored();
    await flashing(id, 'saved');
    for (let n = 0; n < 3; n++) await bench.open(id).get('a');

    expect(await bench.open(id).takeFlash('notice')).toEqual(['saved']);
  });

  it('cost a load to ask for when there are none, and nothing without a session', async () => {
    const id = await bench.stored();
    await bench.open(id).takeFlash('notice');
    expect(bench.store.takeCalls()).toBe('load');

    expect(await bench.open().takeFlash('notice')).toEqual([]);
    expect(bench.store.takeCalls()).toBe('');
  });

  it('begin a session, unless the same request reads them', async () => {
    const [kept, read] = [bench.open(), bench.open()];
    kept.flash('notice', 'hello');
    await kept.save();
    expect(bench.store.takeCalls()).toBe('create');

    read.flash('notice', 'hello');
    expect(await read.takeFlash('notice')).toEqual(['hello']);
    await read.save();
    expect(bench.store.takeCalls()).toBe('');
  });

  it('of one key are not those of another that it begins', async () => {
    const session = bench.open(await bench.stored());
    session.flash('notice', 'one');
    session.flash('notice/more', 'other');
    session.flash('', 'none');
    await session.save();

    expect(await session.takeFlash('notice')).toEqual(['one']);
    expect(await session.takeFlash('notice/more')).toEqual(['other']);
    expect(await session.takeFlash('')).toEqual(['none']);
  });

  it('are not values of the application: all() omits them and clear() keeps them', async () => {
    const id = await bench.stored({ a: 1 });
    await flashing(id, 'one');
    const session = bench.open(id);
    session.flash('error', 'two');

    expect(await session.all()).toEqual({ a: 1 });
    session.clear();
    await session.save();
    expect(await bench.read(id)).toEqual({});
    expect(await bench.open(id).takeFlash('notice')).toEqual(['one']);
    expect(await bench.open(id).takeFlash('error')).toEqual(['two']);
  });

  it('are copies, come back frozen, and refuse what JSON would change', async () => {
    const session = bench.open(await bench.stored());
    const value = { list: [1] };
    session.flash('notice', value);
    value.list.push(2);
    const [first] = await session.takeFlash<{ list: number[] }>('notice');

    expect(first).toEqual({ list: [1] });
    expect(() => (first!.list as number[]).push(3)).toThrow(TypeError);
    expect(() => session.flash('notice', new Date())).toThrow(
      expect.objectContaining({ code: 'SESSION_VALUE_UNSUPPORTED' }),
    );
  });

  it('of requests at once are all kept', async () => {
    const id = await bench.stored();
    meetAfterLoading(bench, 4);
    await Promise.all([1, 2, 3, 4].map((n) => flashing(id, n, 10 * n)));

    const all = await bench.open(id).takeFlash<number>('notice');
    expect(all.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 10, 20, 30, 40]);
  });

  it('go to one of several concurrent requests that take them', async () => {
    const id = await bench.stored();
    await flashing(id, 'one', 'two');
    meetAfterLoading(bench, 5);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => bench.open(id).takeFlash('notice')),
    );

    expect(answers.toSorted((one, other) => other.length - one.length)).toEqual([
      ['one', 'two'],
      [],
      [],
      [],
      [],
    ]);
  });

  it('that arrive while others are taken are there for the next request', async () => {
    const id = await bench.stored();
    await flashing(id, 'early');
    const reader = bench.open(id);
    await reader.load();
    await flashing(id, 'late');
    const taken = await reader.takeFlash('notice');

    expect([...taken, ...(await bench.open(id).takeFlash('notice'))]).toEqual(['early', 'late']);
  });

  it('are stored once, even if the save is retried after a lost answer', async () => {
    const session = bench.open(await bench.stored());
    await session.load();
    session.flash('notice', 'saved');
    bench.store.after = () => Promise.reject(new Error('lost'));
    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
    bench.store.after = () => undefined;
    await session.save();

    expect(await session.takeFlash('notice')).toEqual(['saved']);
  });

  it('cost a request as much each, however many there are', async () => {
    const session = new Bench({ limits: { recordBytes: 10_000_000 } }).open();
    const startedAt = performance.now();
    for (let n = 0; n < 20_000; n++) session.flash('notice', n);
    await session.save();

    expect((await session.takeFlash<number>('notice')).slice(0, 3)).toEqual([0, 1, 2]);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('are refused as soon as a record cannot hold them', () => {
    const session = new Bench({ limits: { recordBytes: 1024 } }).open();
    let count = 0;
    const flashOn = (): void => {
      for (; count < 20_000; count++) session.flash('notice', 'text');
    };

    expect(flashOn).toThrow(expect.objectContaining({ code: 'SESSION_TOO_LARGE' }));
    expect(count).toBeLessThan(30);
  });

  it('that follow a take of the same request stand alone', async () => {
    const id = await bench.stored();
    await flashing(id, 'old');
    const session = bench.open(id);
    emptySession(session);
    session.flash('notice', 'new');
    session.flash('notice', 'newer');
    session.set('b', 2);
    await session.save();

    expect(await bench.open(id).takeFlash('notice')).toEqual(['new', 'newer']);
  });

  it('may be looked at between, and read frozen', async () => {
    const session = bench.open(await bench.stored());
    emptySession(session);
    session.flash('notice', 'one');
    await session.all();
    session.flash('notice', 'two');

    expect(await session.takeFlash('notice')).toEqual(['one', 'two']);
  });
});

describe('Keys of the library', () => {
  const key = '@sessions/stamp';

  it.each<[string, (session: Session<Values>) => unknown]>([
    ['set', (session) => session.set(key, 1)],
    ['update', (session) => session.update(key, () => 1)],
    ['take', (session) => session.take(key)],
    ['delete', (session) => session.delete(key)],
  ])('are refused by %s', async (_, attempt) => {
    const bench = new Bench();
    const session = bench.open(await bench.stored());

    await expect(async () => attempt(session)).rejects.toMatchObject({
      code: 'SESSION_VALUE_UNSUPPORTED',
    });
  });
});

describe('A session that is emptied for another user', () => {
  it('holds nothing that was flashed between the load and the commit', async () => {
    const bench = new Bench();
    const id = await bench.stored();
    const login = bench.open(id);
    await login.load();
    const notice = bench.open(id);
    notice.flash('notice', 'for Ann');
    await notice.save();
    emptySession(login);
    login.userId = 'bob';
    await login.save();

    expect(await bench.open(id).takeFlash('notice')).toEqual([]);
    expect(await bench.read(id)).toEqual({});
  });
});
