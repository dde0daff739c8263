import { adapters } from '../support/adapters.js';
import { cases, outcomeOf } from './cases.js';
import { ourApp } from './our-app.js';

/** Of the machine, which may be busy. */
const PATIENCE_MS = 15_000;

const promised = [
  '50 keys kept',
  'counted to 50',
  'the session stays dead, the write gets 409',
  'the next page reads the new value',
  '503, no cookie',
  '503, no cookie',
  '503, no cookie',
  '503, no cookie',
];

describe('The comparison with other libraries', () => {
  const outcomes = new Map<string, string[]>();

  // Stores that hang are waited for all at once.
  beforeAll(async () => {
    const running = adapters.map(async ([name, makeAdapter]) => {
      const tried = cases.map((one) =>
        outcomeOf(one, (store) => ourApp(makeAdapter(), store), PATIENCE_MS),
      );
      outcomes.set(name, await Promise.all(tried));
    });
    await Promise.all(running);
  });

  describe.each(adapters)('on %s', (adapter) => {
    it.each(cases.map(({ name }, n) => [name, promised[n], n] as const))(
      '%s: %s',
      (_, outcome, n) => {
        expect(outcomes.get(adapter)![n]).toBe(outcome);
      },
    );
  });
});
