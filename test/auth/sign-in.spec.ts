import { signIn, signOut } from 'nestjs-sessions/auth';
import { Bench } from '../support/open.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('A session that was signed in', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench({ lifetime: { idleTimeout: '30m', absoluteLifetime: '12h' } });
  });

  async function signedIn(
    options?: Parameters<typeof signIn>[2],
    ...present: string[]
  ): Promise<string> {
    const session = bench.open(...present);
    await signIn(session, { id: 'ann' }, options);
    await session.save();
    return session.id!;
  }

  async function userOf(id: string): Promise<string | undefined> {
    return (await bench.open(id).load()).userId;
  }

  it('ends by the timeouts of the module', async () => {
    const id = await signedIn();
    bench.clock.advance(29 * MINUTE);
    expect(await userOf(id)).toBe('ann');
    bench.clock.advance(2 * MINUTE);
    expect(await userOf(id)).toBeUndefined();
  });

  it.each(['30d', 30 * DAY] as const)(
    'and is remembered for %s lives that long, unused',
    async (remember) => {
      const id = await signedIn({ remember });
      bench.clock.advance(30 * DAY - 1);
      expect(await userOf(id)).toBe('ann');
      bench.clock.advance(1);
      expect(await userOf(id)).toBeUndefined();
    },
  );

  it('does not inherit the lifetime that the visitor had before', async () => {
    const anonymous = bench.open();
    anonymous.set('cart', 1);
    anonymous.setLifetime({ at: new Date(bench.clock.now() + 365 * DAY) });
    await anonymous.save();
    const id = await signedIn({}, anonymous.id!);
    expect(await bench.read(id)).toEqual({ cart: 1 });

    bench.clock.advance(31 * MINUTE);
    expect(await userOf(id)).toBeUndefined();
  });

  it('is as it was, when the request forgets its changes', async () => {
    const session = bench.open(await bench.stored({ cart: 1 }));
    await signIn(session, 'ann');
    await session.reload();

    expect(session.userId).toBeUndefined();
  });

  it('takes one load and one rotation', async () => {
    const stored = await bench.stored();
    await signedIn({ credentialsStamp: 'x' }, stored);

    expect(bench.store.takeCalls()).toBe('load create save');
  });

  it('is refused to a request whose session was signed in by another one meanwhile', async () => {
    const stored = await bench.stored();
    const late = bench.open(stored);
    await late.load();
    await signedIn({}, stored);
    await signIn(late, 'bob');

    await expect(late.save()).rejects.toMatchObject({ code: 'SESSION_GONE' });
  });

  it('is deleted by signOut', async () => {
    const id = await signedIn();
    await signOut(bench.open(id));

    expect(await userOf(id)).toBeUndefined();
  });
});
