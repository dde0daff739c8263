import { SessionError } from 'nestjs-sessions';
import { ManualClock } from 'nestjs-sessions/testing';
import { seededRandom } from '../support/orders.js';
import { type Choice, ScheduledStore } from '../support/scheduled-store.js';
import { type Visitor, Visitors } from '../support/visitors.js';

/** More than two logins at once have, unless they try again for ever. */
const MOST_SCHEDULES = 50_000;

const ways: Record<string, (visitors: Visitors) => Promise<Visitor>> = {
  'with a new session': async (visitors) => visitors.open(),
  'with a new id': async (visitors) => {
    const session = await visitors.anonymous();
    session.rotate();
    return session;
  },
  'with the id they had': (visitors) => visitors.anonymous(),
};

interface Race {
  readonly logins: number;
  readonly free: number;
  /** Signed in before. */
  readonly taken: number;
  /** How long a call to the store takes; of logins in one millisecond, chance decides which is the first. */
  readonly tickMs?: number;
}

interface Result {
  readonly admitted: number;
  readonly listed: number;
  readonly alive: number;
  readonly otherErrors: readonly string[];
}

async function raced(race: Race, way: string, choose: Choice): Promise<Result> {
  const clock = new ManualClock();
  const store = new ScheduledStore(clock);
  const perUser = { max: race.free + race.taken, whenFull: 'refuse' } as const;
  const visitors = new Visitors(store, clock, { limits: { perUser } });
  for (let n = 0; n < race.taken; n++) await visitors.signedIn('ann');
  const sessions = await Promise.all(
    Array.from({ length: race.logins }, () => ways[way]!(visitors)),
  );
  const logins = () => Promise.all(sessions.map(signIn));
  const outcomes = await store.run(logins, choose, race.tickMs);
  const alive = await Promise.all(sessions.map((session) => visitors.isSignedIn(session)));
  return {
    admitted: outcomes.filter((outcome) => outcome === 'admitted').length,
    listed: (await visitors.sessions.list('ann')).length - race.taken,
    alive: alive.filter(Boolean).length,
    otherErrors: outcomes.filter((outcome) => !EXPECTED.includes(outcome)),
  };
}

const EXPECTED = ['admitted', 'SESSION_LIMIT_REACHED'];

async function signIn(session: Visitor): Promise<string> {
  session.userId = 'ann';
  try {
    await session.save();
    return 'admitted';
  } catch (error) {
    return error instanceof SessionError ? error.code : String(error);
  }
}

/** Of what is admitted, all is there, and as much as there was room for at most, but at least one. */
function isRight({ admitted, listed, alive, otherErrors }: Result, { free }: Race): boolean {
  const isAsAnswered = listed === admitted && alive === admitted && otherErrors.length === 0;
  return isAsAnswered && admitted >= 1 && admitted <= free;
}

interface Failures {
  readonly orders: number;
  readonly failed: number;
  readonly first: Result | undefined;
}

const NONE = { orders: expect.any(Number), failed: 0, first: undefined };

async function failuresOf(race: Race, way: string, choices: Iterable<Choice>): Promise<Failures> {
  let orders = 0;
  const failures: Result[] = [];
  for (const choose of choices) {
    orders++;
    const result = await raced(race, way, choose);
    if (!isRight(result, race)) failures.push(result);
  }
  return { orders, failed: failures.length, first: failures[0] };
}

function* seeded(schedules: number): Generator<Choice> {
  for (let seed = 1; seed <= schedules; seed++) {
    const random = seededRandom(seed);
    yield (waiting) => Math.floor(random() * waiting);
  }
}

/** Every order that there is: each choice is made once in each way, depth first. */
function* everyOrder(): Generator<Choice> {
  const path: { chosen: number; readonly waiting: number }[] = [];
  for (let schedules = 0; schedules < MOST_SCHEDULES; schedules++) {
    let step = 0;
    yield (waiting) => (path[step] ??= { chosen: 0, waiting }) && path[step++]!.chosen;
    while (path.length > 0 && path.at(-1)!.chosen + 1 === path.at(-1)!.waiting) path.pop();
    if (path.length === 0) return;
    path.at(-1)!.chosen++;
  }
  throw new Error(`There are more than ${MOST_SCHEDULES} orders`);
}

describe.each(Object.keys(ways))('Logins at once %s, where a full user is refused', (way) => {
  const eight = { logins: 8, free: 3, taken: 0 };

  it('admit at least one and three at most of eight for three places, in 60 orders', async () => {
    expect(await failuresOf(eight, way, seeded(60))).toEqual(NONE);
  });

  it('do so where others are signed in', async () => {
    expect(await failuresOf({ ...eight, taken: 2 }, way, seeded(60))).toEqual(NONE);
  });

  it('do so step by step side by side, and one behind the other', async () => {
    const choices: Choice[] = [() => 0, (waiting) => waiting - 1];

    expect(await failuresOf(eight, way, choices)).toEqual(NONE);
  });

  it('admit one of two for the last place, in every order', async () => {
    const race = { logins: 2, free: 1, taken: 1, tickMs: 1 };
    expect(await failuresOf(race, way, everyOrder())).toEqual(NONE);
  });
});
