import { openSession } from 'nestjs-sessions';
import { Session } from '../../lib/core/session/session.js';
import { Bench, type Values } from '../support/open.js';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { CountingStore } from '../support/counting-store.js';

const RENEW_EVERY = 10 * 60_000;
const ON = { lifetime: { renewEvery: RENEW_EVERY } };

const addOne = (n: unknown): number => ((n as number | undefined) ?? 0) + 1;

/** Another server on the store of a bench. */
function serverBeside({ clock, store }: Bench): Bench {
  return new Bench(ON, { clock, inner: store.inner });
}

/** What a request does that only reads; resolves to the id that its session has then. */
async function read(bench: Bench, id: string): Promise<string> {
  const state = bench.state(id);
  await new Session<Values>(state).all();
  await state.finish();
  return state.phase.kind === 'live' ? state.phase.id : '';
}

/** The next save takes effect, then `meanwhile` happens, and its answer gets lost. */
function loseAnswerOfSave({ store }: Bench, meanwhile: () => Promise<unknown>): void {
  store.after = async (operation) => {
    if (operation !== 'save') return;
    store.after = () => undefined;
    await meanwhile();
    throw new Error('connection reset');
  };
}

describe('A write whose answer gets lost', () => {
  let bench: Bench;
  let other: Bench;
  beforeEach(() => {
    bench = new Bench(ON);
    other = serverBeside(bench);
  });

  it.each(['renews the id', 'renews the id, and a request presents the new one'])(
    'counts once when another server %s before it is looked up',
    async (what) => {
      const id = await bench.stored({ n: 0 });
      const session = bench.open<{ n: number }>(id);
      await session.load();
      bench.clock.advance(RENEW_EVERY - 1);
      loseAnswerOfSave(bench, async () => {
        bench.clock.advance(1);
        const next = await read(other, id);
        if (what.endsWith('one')) await read(other, next);
      });

      expect(await session.update('n', addOne)).toBe(1);
      expect(await other.open(id).update('n', addOne)).toBe(2);
    },
  );

  it('hands out a value that it took, although the id was renewed in the meantime', async () => {
    const id = await bench.stored({ verifier: 'v' });
    const session = bench.open(id);
    await session.load();
    bench.clock.advance(RENEW_EVERY - 1);
    loseAnswerOfSave(bench, async () => {
      bench.clock.advance(1);
      await read(other, await read(other, id));
    });

    expect(await session.take('verifier')).toBe('v');
  });
});

describe('A client that sends a command twice', () => {
  /** Each write is made twice, and the second answer is the one that arrives. */
  class Stutter extends CountingStore {
    override async create(...args: Parameters<CountingStore['create']>): Promise<boolean> {
      await super.create(...args);
      return super.create(...args);
    }
    override async save(...args: Parameters<CountingStore['save']>) {
      await super.save(...args);
      return super.save(...args);
    }
    override async delete(...args: Parameters<CountingStore['delete']>): Promise<boolean> {
      await super.delete(...args);
      return super.delete(...args);
    }
  }

  it('has each write counted once, and acknowledged', async () => {
    const store = new Stutter(new MemorySessionStore());
    const session = openSession<{ n: number }>(store);
    expect(await session.update('n', addOne)).toBe(1);
    expect(await session.update('n', addOne)).toBe(2);
    session.rotate();
    await session.save();
    expect(await openSession<{ n: number }>(store, session.id).get('n')).toBe(2);
    await session.destroy();

    expect(await openSession<{ n: number }>(store, session.id).get('n')).toBeUndefined();
  });
});

/** Lets others go on as far as they can. */
async function turns(count = 300): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

describe('A commit whose answer gets lost', () => {
  it('is not followed by others of its process under the id that renewed the session', async () => {
    const bench = new Bench(ON);
    const id = await bench.stored({ n: 0 });
    const session = bench.open<{ n: number }>(id);
    await session.load();
    bench.clock.advance(RENEW_EVERY);
    const next = await read(serverBeside(bench), id);
    const late = bench.open<{ n: number }>(next);
    await late.load();
    let saves = 0;
    let following: Promise<unknown> | undefined;
    bench.store.after = async (operation) => {
      if (operation !== 'save' || ++saves !== 2) return;
      following = late.update('n', addOne).then(() => late.update('n', addOne));
      await turns();
      throw new Error('connection reset');
    };
    await session.update('n', addOne);
    await following;

    expect(await bench.read(next)).toEqual({ n: 3 });
  });

  it('is not followed by the jobs of its process, each of which opens the session anew', async () => {
    const store = new CountingStore();
    const first = openSession<{ n: number }>(store);
    await first.update('n', addOne);
    const { id } = first;
    let jobs: Promise<void> | undefined;
    store.after = async (operation) => {
      if (operation !== 'save' || jobs) return;
      jobs = (async () => {
        for (let job = 0; job < 17; job++)
          await openSession<{ n: number }>(store, id).update('n', addOne);
      })();
      await turns();
      throw new Error('connection reset');
    };
    await openSession<{ n: number }>(store, id).update('n', addOne);
    await jobs;

    expect(await openSession<{ n: number }>(store, id).get('n')).toBe(19);
  });
});
