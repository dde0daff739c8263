import { dataOf } from '../../lib/core/session/session-phase.js';
import { signIn, signOut } from 'nestjs-sessions/auth';
import type { SessionState } from '../../lib/core/session/session-state.js';
import { Session } from '../../lib/core/session/session.js';
import { Bench, type Values } from '../support/open.js';

const SECOND = 1_000;

describe('A browser that misses the response to a login', () => {
  let bench: Bench;
  let oldId: string;
  beforeEach(async () => {
    bench = new Bench();
    oldId = await bench.stored({ cart: 1 });
    const login = bench.open(oldId);
    await signIn(login, 'ann');
    await login.save();
  });

  /** A request with the old id, which arrives now and ends well. */
  async function request(act: (session: Session<Values>) => unknown): Promise<SessionState> {
    const state = bench.state(oldId);
    await act(new Session<Values>(state));
    await state.finish();
    return state;
  }

  it('can sign in at once, and gets a session with nothing of the old one', async () => {
    bench.clock.advance(1);
    const state = await request((session) => signIn(session, 'ann'));

    expect([state.cookie, dataOf(state.phase)]).toEqual([
      'issue',
      expect.not.objectContaining({ cart: 1 }),
    ]);
    expect(state.phase).toMatchObject({ kind: 'live', record: { userId: 'ann' } });
  });

  it('is refused a login that was under way, as everything else is', async () => {
    await expect(request((session) => signIn(session, 'bob'))).rejects.toMatchObject({
      code: 'SESSION_GONE',
    });
  });

  it('reads nothing and cannot write while its requests may have been under way', async () => {
    bench.clock.advance(9 * SECOND);
    const state = await request((session) => session.all());

    expect([state.cookie, dataOf(state.phase)]).toEqual(['leave', {}]);
    await expect(request((session) => session.set('b', 1))).rejects.toMatchObject({
      code: 'SESSION_GONE',
    });
  });

  it('gets a new session ten seconds later: the old cookie is cleared, and writes are kept', async () => {
    bench.clock.advance(10 * SECOND);
    const reading = await request((session) => session.all());
    const writing = await request((session) => session.set('b', 1));

    expect([reading.cookie, dataOf(reading.phase)]).toEqual(['clear', {}]);
    expect([writing.cookie, dataOf(writing.phase)]).toEqual(['issue', { b: 1 }]);
    expect(bench.news.filter(({ type }) => type === 'replayed-id')).toHaveLength(2);
    expect(bench.news.filter(({ type }) => type === 'unknown-id')).toEqual([]);
  });

  it('is judged by the arrival of its request, however late that loads its session', async () => {
    const early = bench.state(oldId);
    bench.clock.advance(60 * SECOND);
    const session = new Session<Values>(early);
    session.set('b', 1);

    await expect(early.finish()).rejects.toMatchObject({ code: 'SESSION_GONE' });
    expect(early.cookie).toBe('leave');
  });

  it('signs out of nothing with the old id, and keeps the session that the login made', async () => {
    bench.clock.advance(10 * SECOND);
    await request((session) => signOut(session));

    expect(bench.news.filter(({ type }) => type === 'signed-out')).toEqual([]);
  });
});

describe('A request that ends with an error of the server', () => {
  it('still sends the cookie of what it saved before', async () => {
    const bench = new Bench();
    const state = bench.state(await bench.stored());
    const session = new Session<Values>(state);
    session.rotate();
    await session.save();
    session.set('b', 1);
    state.discard();
    await state.finish();

    expect(state.cookie).toBe('issue');
    expect(await bench.read(session.id!)).toEqual({ a: 1 });
  });

  it('still clears the cookie of a session that it destroyed before', async () => {
    const bench = new Bench();
    const state = bench.state(await bench.stored());
    await new Session<Values>(state).destroy();
    state.discard();

    expect(state.cookie).toBe('clear');
  });
});
