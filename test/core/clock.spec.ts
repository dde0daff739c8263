import { jest } from '@jest/globals';
import { backgroundClock, pause, systemClock } from '../../lib/core/options/clock.js';

const timers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('The clock of the machine', () => {
  it('calls back, once, after the delay', async () => {
    let calls = 0;
    systemClock.schedule(1, () => calls++);
    await pause(systemClock, 20);
    expect(calls).toBe(1);
  });

  it('makes no timer for a delay that is cancelled in the same turn of the event loop', async () => {
    const before = timers();
    const cancels = Array.from({ length: 10 }, () => systemClock.schedule(60_000, fail));
    expect(timers()).toBe(before);
    for (const cancel of cancels) cancel();
    await endOfTurn();
    expect(timers()).toBe(before);
  });

  it('goes on after timers were faked for a while', async () => {
    jest.useFakeTimers();
    systemClock.schedule(1, () => {})();
    jest.useRealTimers();
    await expect(pause(systemClock, 1)).resolves.toBeUndefined();
  });

  it('does not call back what was cancelled later', async () => {
    const before = timers();
    const cancel = systemClock.schedule(60_000, fail);
    await endOfTurn();
    expect(timers()).toBe(before + 1);
    cancel();
    expect(timers()).toBe(before);
  });
});

describe('The clock for background work', () => {
  it('calls back, once, after the delay', async () => {
    let calls = 0;
    backgroundClock.schedule(1, () => calls++);
    await pause(systemClock, 20);
    expect(calls).toBe(1);
  });

  it('keeps no process alive', () => {
    const before = timers();
    const cancel = backgroundClock.schedule(60_000, fail);
    expect(timers()).toBe(before);
    cancel();
  });
});

function fail(): never {
  throw new Error('It was cancelled.');
}
