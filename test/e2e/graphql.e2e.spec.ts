import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { Args, GraphQLModule, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Session, Sessions } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Barrier } from '../support/barrier.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { Wire } from '../support/wire.js';

type Cart = Session<{ [item: string]: number }>;

@Injectable()
class CountingGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    this.sessions.of<{ guarded: number }>(context).set('guarded', 1);
    return true;
  }
}

let isRunning = new Barrier();
let isReleased = new Barrier();

@Resolver()
class CartResolver {
  @Query(() => Int, { nullable: true })
  amount(@Session() session: Cart, @Args('item') item: string) {
    return session.get(item);
  }

  @Query(() => Int, { nullable: true })
  pears(@Session('pears') pears: number | undefined) {
    return pears;
  }

  @Mutation(() => Int)
  put(
    @Session() session: Cart,
    @Args('item') item: string,
    @Args('amount', { type: () => Int }) amount: number,
  ) {
    session.set(item, amount);
    return amount;
  }

  @Query(() => Int)
  visit(@Session() session: Cart, @Args('page') page: string) {
    session.set(page, 1);
    return 1;
  }

  @Query(() => Int)
  @UseGuards(CountingGuard)
  guarded(@Session() session: Cart) {
    return session.get('guarded');
  }

  @Mutation(() => Int)
  async slow(@Session() session: Cart) {
    await session.load();
    isRunning.open();
    await isReleased.reached;
    session.set('pears', 1);
    return 1;
  }

  @Mutation(() => Boolean)
  async leave(@Session() session: Cart) {
    await session.destroy();
    return true;
  }

  @Query(() => String)
  nothing() {
    return 'ok';
  }
}

describe.each(adapters)('GraphQL, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  let host: TestApp;
  let wire: Wire;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store },
      imports: [
        GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
      ],
      providers: [CartResolver],
    });
    wire = new Wire(host.app.getHttpServer(), store);
  });
  beforeEach(() => {
    browser = host.browser();
    store.takeCalls();
    wire.takeSentAtWrite();
    isRunning = new Barrier();
    isReleased = new Barrier();
  });
  afterEach(() => {
    store.before = () => undefined;
  });
  afterAll(() => host.close());

  it('a resolver writes the session, which is committed before the head', async () => {
    const { setCookie, json } = await ask('mutation { put(item: "pears", amount: 3) }');
    expect(json()).toEqual({ data: { put: 3 } });
    expect(setCookie).toEqual([expect.stringMatching(/^__Host-sid=/)]);
    expect(store.takeCalls()).toBe('create');
    expect(wire.takeSentAtWrite()).toEqual([0]);
  });

  it('a resolver reads the session, by its handle and by a key', async () => {
    await ask('mutation { put(item: "pears", amount: 3) }');
    store.takeCalls();
    const { setCookie, json } = await ask('{ amount(item: "pears") pears }');
    expect(json()).toEqual({ data: { amount: 3, pears: 3 } });
    expect(setCookie).toEqual([]);
    expect(store.takeCalls()).toBe('load');
  });

  it.each([
    [
      'queries, which run side by side',
      '{ a: visit(page: "a") b: visit(page: "b") c: visit(page: "c") }',
    ],
    [
      'mutations, which run one by one',
      'mutation { a: put(item: "a", amount: 1) b: put(item: "b", amount: 1) c: put(item: "c", amount: 1) }',
    ],
  ])('an operation of several %s, commits once', async (_, operation) => {
    const { setCookie, json } = await ask(operation);
    expect(json()).toEqual({ data: { a: 1, b: 1, c: 1 } });
    expect(setCookie).toHaveLength(1);
    expect(store.takeCalls()).toBe('create');
    const amounts = await ask('{ a: amount(item: "a") b: amount(item: "b") c: amount(item: "c") }');
    expect(amounts.json()).toEqual({ data: { a: 1, b: 1, c: 1 } });
    expect(store.takeCalls()).toBe('load');
  });

  it('a guard and a resolver have the same session', async () => {
    expect((await ask('{ guarded }')).json()).toEqual({ data: { guarded: 1 } });
    expect(store.takeCalls()).toBe('create');
  });

  it('an operation that does not use the session makes no store call', async () => {
    const { setCookie, headers } = await ask('{ nothing }');
    expect(setCookie).toEqual([]);
    expect(headers.vary ?? '').not.toContain('Cookie');
    expect(store.takeCalls()).toBe('');
  });

  it('a resolver destroys the session', async () => {
    await ask('mutation { put(item: "pears", amount: 3) }');
    const { setCookie } = await ask('mutation { leave }');
    expect(setCookie).toEqual([expect.stringMatching(/^__Host-sid=; Max-Age=0;/)]);
    expect((await ask('{ pears }')).json()).toEqual({ data: { pears: null } });
  });

  it('a failure of the commit is answered with a 503 and nothing else', async () => {
    store.before = () => Promise.reject(new Error('connection refused'));
    const answer = await ask('mutation { put(item: "pears", amount: 3) }');
    expect(answer).toMatchObject({
      status: 503,
      text: '{"message":"Service Unavailable","statusCode":503}',
      setCookie: [],
    });
  });

  it('a session that ended in the meantime is answered with a 409', async () => {
    await ask('mutation { put(item: "pears", amount: 3) }');
    const other = browser.clone();
    const answering = ask('mutation { slow }');
    await isRunning.reached;
    await ask('mutation { leave }', other);
    isReleased.open();
    expect(await answering).toMatchObject({ status: 409, setCookie: [] });
  });

  it('a failure to load is an error of its field, without details', async () => {
    await ask('mutation { put(item: "pears", amount: 3) }');
    store.before = () => Promise.reject(new Error('connection refused'));
    const { text } = await ask('{ pears nothing }');
    expect(text).toContain('Service Unavailable');
    expect(text).not.toContain('connection refused');
  });

  function ask(query: string, from: Browser = browser) {
    const headers = { 'content-type': 'application/json' };
    return from.post('/graphql', { headers, body: JSON.stringify({ query }) });
  }
});
