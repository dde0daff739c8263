import type { LiveRecord } from 'nestjs-sessions';
import { storeKeyOf } from '../../lib/core/session-id.js';
import type { Command } from './script.js';
import { onBehalfOf, UNDISTURBED } from './calls.js';
import type { Deed } from './deed.js';
import type { Execution } from './execution.js';
import { IDLE_MS } from './scenario.js';
import { SEED_DATA, SEED_KEY } from './seed.js';
import { SearchRequest } from './search-request.js';

const QUIET_MS = 15_000;
/** Of one whose outcome stays unknown, nobody can tell the browser the new id. */
const MOVES: readonly Command[] = ['rotate', 'sign in ann', 'sign in bob'];

interface View {
  readonly data: Readonly<Record<string, unknown>>;
  readonly flashed: readonly number[];
}

/** What went against the guarantees in an execution that has come to its end. */
export async function judge(execution: Execution): Promise<readonly string[]> {
  execution.time.jump(QUIET_MS);
  return onBehalfOf(UNDISTURBED, async () => {
    const judgement = new Judgement(execution);
    judgement.history();
    await judgement.views();
    await judgement.browser();
    return [...new Set([...execution.verdicts.breaches, ...judgement.breaches])];
  });
}

class Judgement {
  readonly breaches: string[] = [];
  readonly #deeds: readonly Deed[];

  constructor(private readonly execution: Execution) {
    this.#deeds = execution.requests.flatMap(({ deeds }) => deeds);
  }

  /** What was stored at any time. */
  history(): void {
    for (const key of this.execution.ledger.keys) {
      let latest = 0;
      for (const record of this.execution.ledger.statesSince(key, 0)) {
        if (record?.kind !== 'live') continue;
        this.#storedOfFailures(record);
        this.#storedOfOthers(record);
        const isBack = record.expiresAt < latest - this.execution.skewedMs;
        this.#demand(
          !isBack,
          '11: what used a session later than another does not move its end back',
        );
        latest = Math.max(latest, record.expiresAt);
      }
    }
  }

  #storedOfFailures({ data }: LiveRecord): void {
    const isThere = this.#deeds.some(
      ({ outcome, key }) => outcome === 'discarded' && key !== undefined && data[key] !== undefined,
    );
    this.#demand(!isThere, '4: what a handler changed that fails is not stored');
  }

  #storedOfOthers({ data, userId }: LiveRecord): void {
    if (userId !== 'bob') return;
    const values = [...Object.values(data), ...flashedIn(data)];
    const isOfAnn = values.some((value) => Number(value) > 100 && Number(value) < 200);
    this.#demand(!isOfAnn, "9: nothing of ann's is in a session of bob's");
  }

  /** What each id shows in the end. */
  async views(): Promise<void> {
    const views: View[] = [];
    for (const id of this.execution.ids) views.push(await this.#view(id));
    this.#sets(views);
    this.#refusals(views);
    this.#counts(views);
    this.#taken(views);
    this.#flashes(views);
    this.#removed(views);
    this.#ended();
  }

  async #view(id: string): Promise<View> {
    const request = this.#request(['get']);
    request.start(id, 'ann');
    const { session } = request;
    const data = (await session.all()) as Record<string, unknown>;
    return { data, flashed: await session.flashed<number>('notice') };
  }

  #sets(views: readonly View[]): void {
    for (const deed of this.#acknowledged('set', 'set again')) {
      const { key, value } = deed;
      const isThere = views.some(({ data }) => data[key!] === value);
      this.#demand(isThere || this.#isEnded(deed, 'clear'), '2: an acknowledged set is there');
    }
  }

  #refusals(views: readonly View[]): void {
    const isThere = this.#deeds.some(
      ({ outcome, kind, key, value }) =>
        outcome === 'refused' &&
        kind.startsWith('set') &&
        views.some(({ data }) => data[key!] === value),
    );
    this.#demand(!isThere, '4: what was answered with 409 is not stored');
  }

  #counts(views: readonly View[]): void {
    const counts = views.map(({ data }) => Number(data.n ?? 0));
    const updates = this.#deeds.filter(({ kind }) => kind === 'update');
    const acknowledged = updates.filter(({ outcome }) => outcome === 'acknowledged');
    const unknown = updates.filter(({ outcome }) => outcome === 'unknown');
    const isOnce = Math.max(...counts) <= acknowledged.length + unknown.length;
    this.#demand(isOnce, '3: an increment counts at most once');
    const isLess = Math.max(...counts) < acknowledged.length;
    const areEnded = acknowledged.some((deed) => this.#isEnded(deed, 'clear'));
    this.#demand(!isLess || areEnded, '3: an acknowledged increment counts');
  }

  #taken(views: readonly View[]): void {
    const takes = this.#deeds.filter(({ kind }) => kind === 'take');
    const got = takes.filter(({ answer }) => answer === SEED_DATA.t);
    const isThere = views.some(({ data }) => data.t === SEED_DATA.t);
    this.#demand(got.length <= 1, '3: a value is taken once');
    this.#demand(got.length === 0 || !isThere, '3: a value that was taken is gone');
    const isLost = takes.length > 0 && got.length === 0 && !isThere;
    const isInDoubt = takes.some(({ outcome }) => outcome === 'unknown');
    this.#demand(
      !isLost || isInDoubt || this.#isCut(0, 'clear'),
      '3: a value is not taken by nobody',
    );
  }

  #flashes(views: readonly View[]): void {
    const asked = this.#deeds.filter(({ kind }) => kind === 'flashed');
    const given = [
      ...asked.flatMap(({ answer }) => answer ?? []),
      ...views.flatMap(({ flashed }) => flashed),
    ];
    this.#demand(new Set(given).size === given.length, '3: a flashed value is handed out once');
    for (const deed of this.#acknowledged('flash')) {
      const isExcused = asked.some(({ outcome }) => outcome === 'unknown') || this.#isEnded(deed);
      this.#demand(
        given.includes(deed.value!) || isExcused,
        '2: an acknowledged flash is handed out',
      );
    }
  }

  #removed(views: readonly View[]): void {
    const isThere = (key: string) => views.some(({ data }) => data[key] !== undefined);
    for (const deed of this.#acknowledged('delete'))
      this.#demand(!isThere('d') || this.#isAside(deed), '2: an acknowledged delete stays');
    for (const deed of this.#acknowledged('clear'))
      this.#demand(!isThere('z') || this.#isAside(deed), '2: an acknowledged clear stays');
  }

  /** A session that a request ended is behind none of the ids that anybody knows. */
  #ended(): void {
    const live = [...this.execution.ids]
      .map((id) => this.execution.ledger.load(storeKeyOf(id)))
      .filter((record): record is LiveRecord => record?.kind === 'live')
      .filter(({ visit, key }) => (visit ?? key) === SEED_KEY);
    const isDestroyed = this.#deeds.some(
      ({ kind, answer }) => kind === 'destroy' && answer === 'destroyed',
    );
    const isRevoked = this.#deeds.some(
      ({ kind, answer }) => kind === 'revoke' && Number(answer) > 0,
    );
    this.#demand(!isDestroyed || live.length === 0, '5: a destroyed session stays dead');
    const isOfAnn = live.some(({ userId }) => userId === 'ann');
    this.#demand(!isRevoked || !isOfAnn, '5: a revoked session stays dead');
  }

  /** Whoever has the browser can sign in and go on. */
  async browser(): Promise<void> {
    const login = await this.#visit(['sign in bob'], this.execution.browser.cookie);
    const isIn = login.status === 200 && Boolean(login.cookie);
    this.#demand(isIn, '10: the browser can sign in when all is quiet');
    if (!isIn) return;
    const write = await this.#visit(['set'], login.cookie);
    this.#demand(write.status === 200, '10: the browser can write when all is quiet');
  }

  async #visit(commands: readonly Command[], id: string | undefined): Promise<SearchRequest> {
    const request = this.#request(commands);
    request.start(id, 'bob');
    await new Promise((resolve) => setImmediate(resolve));
    return request;
  }

  #request(commands: readonly Command[]): SearchRequest {
    const plan = {
      script: { commands },
      process: 0,
      presents: 'cookie',
      isDelivered: true,
    } as const;
    const process = this.execution.processes.at(-1)!;
    const around = { process, step: () => 0, onRead: () => undefined, onAnswered: () => undefined };
    return new SearchRequest(UNDISTURBED, plan, around);
  }

  #acknowledged(...kinds: readonly Command[]): readonly Deed[] {
    return this.#deeds.filter(
      ({ kind, outcome }) => outcome === 'acknowledged' && kinds.includes(kind),
    );
  }

  /** Whether something that came with the deed, or after it, may have ended what it did. */
  #isEnded({ began }: Deed, ...enders: readonly Command[]): boolean {
    return this.#isCut(began, ...enders);
  }

  #isCut(since: number, ...enders: readonly Command[]): boolean {
    if (this.execution.jumpedMs >= IDLE_MS) return true;
    const all = ['destroy', 'revoke', 'sign in bob', ...enders];
    return this.#deeds.some(
      ({ kind, ended, outcome }) =>
        (all.includes(kind) && ended >= since) || (outcome === 'unknown' && MOVES.includes(kind)),
    );
  }

  /** Whether the request found nothing that it could have changed: a wall, or no session. */
  #isAside({ by }: Deed): boolean {
    return !this.execution.requests.some(({ name, wasLive }) => name === by && wasLive);
  }

  #demand(holds: boolean, fact: string): void {
    if (!holds) this.breaches.push(`guarantee ${fact}`);
  }
}

function flashedIn(data: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(data)
    .filter(([key]) => key.startsWith('@sessions/flash/'))
    .flatMap(([, values]) => Object.values(values as object));
}
