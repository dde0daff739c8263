import type { AbstractHttpAdapter } from '@nestjs/core';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Log } from '../support/log.js';
import { type Fault, faults } from './nth-call/fault.js';
import { FlowsController } from './nth-call/flows.controller.js';
import { type Flow, flows, NEW, OLD } from './nth-call/flows.js';
import { Trial } from './nth-call/trial.js';
import { COOKIE_SECRET, type Stage } from './nth-call/visitor.js';
import { giveWorldsTheirTime, Worlds } from './nth-call/worlds.js';

describe.each(adapters)('Whatever call to the store goes wrong, on %s', (adapter, makeAdapter) => {
  const log = new Log();
  const worlds = new Worlds();
  const rejections: unknown[] = [];
  const noteRejection = (reason: unknown) => rejections.push(reason);
  let host: TestApp;
  let trials: readonly Trial[];

  beforeAll(async () => {
    giveWorldsTheirTime();
    process.on('unhandledRejection', noteRejection);
    host = await start(makeAdapter(), worlds, log);
    const startedAt = performance.now();
    trials = await allTrials({ host, worlds });
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    const cases = trials.filter(({ isFaulty }) => isFaulty).length;
    process.stdout.write(`${cases} faults on ${adapter} in ${seconds} s\n`);
  }, 300_000);
  afterAll(async () => {
    process.off('unhandledRejection', noteRejection);
    await host.close();
  });

  it.each(flows)('$name keeps the guarantees', (flow) => {
    const breaches = trials.filter((trial) => trial.flow === flow).flatMap((one) => one.breaches);
    expect(breaches).toEqual([]);
  });

  it('is logged without an id, key, secret or value', () => {
    const text = log.takeLines().join('\n');
    expect(text).toContain('error The session store did not answer while');
    expect(text).toContain(
      'warn The idle time of a session could not be extended. (connection reset)',
    );
    const leaks = trials.filter(({ visitor }) =>
      [...visitor.secrets].some((one) => text.includes(one)),
    );
    expect(leaks.map(({ name }) => name)).toEqual([]);
    for (const secret of [OLD, NEW, COOKIE_SECRET]) expect(text).not.toContain(secret);
  });

  it('no rejection is unhandled', () => {
    expect(rejections).toEqual([]);
  });
});

function start(adapter: AbstractHttpAdapter, store: Worlds, log: Log): Promise<TestApp> {
  return startApp(adapter, {
    controllers: [FlowsController],
    session: {
      store,
      cookie: { secrets: [COOKIE_SECRET] },
    },
    prepare: (app) => {
      app.useLogger(log);
      app.use(store.enter);
    },
  });
}

/** The faults of one flow at a time side by side: more would only wait for each other. */
async function allTrials(stage: Stage): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const flow of flows) {
    const chains = faults.map((fault) => trialsOf(stage, flow, fault));
    trials.push(...(await Promise.all(chains)).flat());
  }
  return trials;
}

/** Breaks the first call, the second, and so on, until there is none left to break. */
async function trialsOf(stage: Stage, flow: Flow, fault: Omit<Fault, 'n'>): Promise<Trial[]> {
  const trials: Trial[] = [];
  do {
    trials.push(new Trial(stage, flow, { ...fault, n: trials.length + 1 }));
    await trials.at(-1)!.run();
  } while (trials.at(-1)!.isFaulty);
  return trials;
}
