import { dataOf } from '../../lib/core/session/session-phase.js';
import { signIn } from 'nestjs-sessions/auth';
import { parseCommitOptions } from '../../lib/commit/commit-settings.js';
import { SessionCommitter } from '../../lib/commit/committer.js';
import { StoreAccess } from '../../lib/commit/store-access.js';
import { SessionState } from '../../lib/core/session/session-state.js';
import { Session } from '../../lib/core/session/session.js';
import { PassingClock } from '../support/passing-clock.js';
import { TimedStore } from '../support/timed-store.js';
import type { Values } from '../support/open.js';

const MINUTE = 60_000;
const OPTIONS = {
  lifetime: { renewEvery: 10 * MINUTE },
  limits: { perUser: { max: 1 } },
} as const;

/** One server of several, whose clock is off. */
class Server {
  readonly clock = new PassingClock();
  readonly #committer: SessionCommitter;

  constructor(store: TimedStore, offMs: number) {
    this.clock.advance(offMs);
    const access = new StoreAccess(store, this.clock);
    this.#committer = new SessionCommitter(
      store,
      parseCommitOptions(OPTIONS, access.clock),
      access,
    );
  }

  arrive(id?: string): SessionState {
    return new SessionState(this.#committer, id === undefined ? undefined : [id]);
  }

  /** A request that ends well; resolves to the state that its answer leaves with. */
  async serve(
    id: string | undefined,
    act: (session: Session<Values>) => unknown = (session) => session.all(),
  ): Promise<SessionState> {
    const state = this.arrive(id);
    await act(new Session<Values>(state));
    await state.finish();
    return state;
  }
}

describe.each([-30, -5, 5, 30])('Servers whose clocks are %i minutes apart', (minutes) => {
  let store: TimedStore;
  let one: Server;
  let other: Server;
  beforeEach(async () => {
    store = new TimedStore();
    [one, other] = [new Server(store, 0), new Server(store, minutes * MINUTE)];
    // The first look at the store's clock.
    for (const server of [one, other]) await server.serve(undefined, (session) => session.load());
    pass(0);
  });

  function pass(spanMs: number): void {
    for (const clock of [store.own, one.clock, other.clock]) clock.advance(spanMs);
  }

  const visited = async (server: Server): Promise<string> =>
    idOf(await server.serve(undefined, (session) => session.set('a', 1)));

  it.each(['a request under way leaves the cookie of a login alone', 'and the other way round'])(
    '%s',
    async (way) => {
      const [server, beside] = way.startsWith('and') ? [other, one] : [one, other];
      const id = await visited(server);
      const underWay = beside.arrive(id);
      pass(1_000);
      await server.serve(id, (session) => signIn(session, 'ann'));
      await new Session<Values>(underWay).all();
      await underWay.finish();

      expect([underWay.cookie, dataOf(underWay.phase)]).toEqual(['leave', {}]);
    },
  );

  it('an old id serves for a minute after its renewal, and no longer', async () => {
    const id = await visited(one);
    pass(10 * MINUTE);
    const next = idOf(await one.serve(id));
    await other.serve(next);
    pass(MINUTE - 1);
    expect(dataOf((await other.serve(id)).phase)).toEqual({ a: 1 });
    pass(1);
    expect(dataOf((await other.serve(id)).phase)).toEqual({});
  });

  it('a session that one of them writes lives as long on the other', async () => {
    const id = await visited(other);
    pass(29 * MINUTE);
    expect(dataOf((await one.serve(id)).phase)).toEqual({ a: 1 });
    pass(29 * MINUTE);
    expect(dataOf((await other.serve(idOf(await one.serve(id)))).phase)).toEqual({ a: 1 });
    pass(31 * MINUTE);
    expect(dataOf((await other.serve(id)).phase)).toEqual({});
  });

  it('a login ends the sessions that were there before it, and not itself', async () => {
    const first = idOf(await one.serve(undefined, (session) => signIn(session, 'ann')));
    pass(1_000);
    const second = idOf(await other.serve(undefined, (session) => signIn(session, 'ann')));
    pass(1_000);
    expect((await one.serve(first)).phase.kind).toBe('absent');
    expect((await one.serve(second)).phase.kind).toBe('live');
    const third = idOf(await one.serve(undefined, (session) => signIn(session, 'ann')));

    expect((await other.serve(second)).phase.kind).toBe('absent');
    expect((await other.serve(third)).phase.kind).toBe('live');
  });
});

function idOf({ phase }: SessionState): string {
  return phase.kind === 'live' ? phase.id : '';
}
