import * as fc from 'fast-check';
import { newRevision } from '../../lib/core/record/revision.js';
import { Bench, barrier, meetAfterLoading } from '../support/open.js';

/** Counts the saves that are under way at the same time; the result tells the most there were. */
function mostSavesAtOnce({ store }: Bench): () => number {
  const save = store.inner.save.bind(store.inner);
  let underWay = 0;
  let most = 0;
  store.inner.save = async (record, expectedRevision) => {
    most = Math.max(most, ++underWay);
    await Promise.resolve();
    return save(record, expectedRevision).finally(() => underWay--);
  };
  return () => most;
}

describe('Two requests of one session', () => {
  it('keep each other’s keys', async () => {
    const bench = new Bench();
    const id = await bench.stored({ a: 1 });
    meetAfterLoading(bench, 20);
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const session = bench.open(id);
        session.set(`key-${n}`, n);
        await session.save();
      }),
    );

    expect(Object.keys(await bench.read(id))).toHaveLength(21);
  });

  it('get 20 different answers from 20 increments', async () => {
    const bench = new Bench();
    const id = await bench.stored({ n: 0 });
    meetAfterLoading(bench, 20);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => bench.open<{ n: number }>(id).update('n', (n = 0) => n + 1)),
    );

    expect(answers.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    expect(await bench.read(id)).toEqual({ n: 20 });
  });

  it('keep 200 increments and 200 keys of four processes', async () => {
    const bench = new Bench();
    const id = await bench.stored({ n: 0 });
    const processes = Array.from(
      { length: 4 },
      () => new Bench({}, { clock: bench.clock, inner: bench.store.inner }),
    );
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const session = processes[n % 4]!.open(id);
        session.set(`key-${n}`, n);
        return session.update('n', (count) => ((count as number) ?? 0) + 1);
      }),
    );

    expect(new Set(answers).size).toBe(200);
    const { n, ...rest } = await bench.read(id);
    expect(n).toBe(200);
    expect(Object.keys(rest)).toHaveLength(200);
  });

  it('never revive a session that one of them destroyed', async () => {
    for (let round = 0; round < 100; round++) {
      const bench = new Bench();
      const id = await bench.stored({ a: 1 });
      meetAfterLoading(bench, 2);
      const [writer, leaver] = [bench.open(id), bench.open(id)];
      writer.set('b', round);
      const written = writer.save().catch((error: { code: string }) => error.code);
      await leaver.load();
      await leaver.destroy();

      expect(['SESSION_GONE', undefined]).toContain(await written);
      expect(await bench.read(id)).toEqual({});
    }
  });

  it('reject if the session ended before they could save', async () => {
    const bench = new Bench();
    const id = await bench.stored();
    const session = bench.open(id);
    await session.load();
    await bench.open(id).destroy();
    session.set('b', 1);

    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_GONE' });
    await expect(session.update('b', () => 1)).rejects.toMatchObject({ code: 'SESSION_GONE' });
  });

  it('reject if other requests always save first', async () => {
    const bench = new Bench();
    const session = bench.open(await bench.stored());
    const { inner } = bench.store;
    const save = inner.save.bind(inner);
    inner.save = async ({ key }) => {
      const record = (await inner.load(key))!;
      await save({ ...record, revision: newRevision() }, record.revision);
      return 'conflict';
    };
    session.set('b', 1);

    await expect(session.save()).rejects.toMatchObject({
      code: 'SESSION_CONFLICT',
      message: expect.stringContaining('this request changes b'),
    });
    expect(
      bench.store
        .takeCalls()
        .split(' ')
        .filter((call) => call === 'save'),
    ).toHaveLength(100);
  });

  it('of one process that wait together are one save, which meets no conflict', async () => {
    const bench = new Bench();
    const id = await bench.stored({ n: 0 });
    const most = mostSavesAtOnce(bench);
    meetAfterLoading(bench, 10);
    await Promise.all(
      Array.from({ length: 10 }, () => bench.open<{ n: number }>(id).update('n', (n = 0) => n + 1)),
    );

    expect(bench.store.calls.filter((call) => call === 'save')).toHaveLength(1);
    expect(bench.store.calls.filter((call) => call === 'load')).toHaveLength(10);
    expect(most()).toBe(1);
  });

  it('begin with the loaded record if another server wrote after the previous commit', async () => {
    const bench = new Bench();
    const id = await bench.stored();
    const other = new Bench({}, { clock: bench.clock, inner: bench.store.inner });
    const answer = barrier();
    const written = barrier();
    bench.store.after = (operation) => {
      if (operation !== 'save') return undefined;
      bench.store.after = () => undefined;
      written.lift();
      return answer.reached;
    };
    const first = bench.open(id).update('n', () => 1);
    await written.reached;
    await other.open(id).update('n', (n) => Number(n) + 1);
    const second = bench.open(id);
    await second.load();
    bench.store.takeCalls();
    const update = second.update('n', (n) => Number(n) + 1);
    answer.lift();

    expect([await first, await update]).toEqual([1, 3]);
    expect(bench.store.takeCalls()).toBe('save');
  });

  it('create one session when one visitor writes twice at once', async () => {
    const bench = new Bench();
    const session = bench.open();
    session.set('a', 1);
    await Promise.all([session.save(), session.update('b', () => 2), session.save()]);

    expect(bench.store.takeCalls()).toBe('create save');
    expect(await bench.read(session.id!)).toEqual({ a: 1, b: 2 });
  });
});

describe('Changes replayed on any interleaving', () => {
  const keys = ['a', 'b', 'c'] as const;
  const script = fc.array(
    fc.record({ key: fc.constantFrom(...keys), to: fc.option(fc.integer(), { nil: undefined }) }),
    { minLength: 1, maxLength: 3 },
  );

  it('leave each key as one of the requests that changed it left it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(script, { minLength: 2, maxLength: 5 }),
        async (scheduler, scripts) => {
          const bench = new Bench();
          const id = await bench.stored({ a: 0, b: 0, c: 0 });
          bench.store.before = () => scheduler.schedule(Promise.resolve());
          const requests = scripts.map(async (steps) => {
            const session = bench.open(id);
            for (const { key, to } of steps) {
              if (to === undefined) session.delete(key);
              else session.set(key, to);
            }
            await session.save();
          });
          await scheduler.waitFor(Promise.all(requests));
          bench.store.before = () => undefined;
          const after = await bench.read(id);

          for (const key of keys) {
            const left = scripts
              .map((steps) => steps.findLast((step) => step.key === key))
              .filter((step) => step !== undefined)
              .map((step) => step.to);
            expect(left.length === 0 ? [0] : left).toContain(after[key]);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
