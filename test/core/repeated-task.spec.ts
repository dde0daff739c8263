import { jest } from '@jest/globals';
import { ManualClock } from 'nestjs-sessions/testing';
import type { Clock } from '../../lib/core/options/clock.js';
import { RepeatedTask } from '../../lib/core/options/repeated-task.js';
import { Barrier } from '../support/barrier.js';

const EVERY_MS = 1_000;

describe('A repeated task', () => {
  const clock = new ManualClock();

  it('begins within one interval, then goes on at about every interval', async () => {
    const instants: number[] = [];
    const task = new RepeatedTask(clock, EVERY_MS, async () => {
      instants.push(clock.now());
    });
    const start = clock.now();
    task.start();
    task.start();
    for (let ms = 0; ms < 10 * EVERY_MS; ms++) {
      clock.advance(1);
      await Promise.resolve();
      await Promise.resolve();
    }
    await task.stop();

    const gaps = instants.map((instant, n) => instant - (instants[n - 1] ?? start));
    expect(instants.length).toBeGreaterThanOrEqual(8);
    expect(gaps[0]).toBeLessThanOrEqual(EVERY_MS);
    for (const gap of gaps.slice(1)) expect(Math.abs(gap - EVERY_MS)).toBeLessThanOrEqual(105);
    expect(new Set(gaps).size).toBeGreaterThan(1);
  });

  it('never runs two at once, and stops only when one that is under way has ended', async () => {
    const done = new Barrier();
    let [begun, ended] = [0, 0];
    const task = new RepeatedTask(clock, EVERY_MS, async () => {
      begun++;
      await done.reached;
      ended++;
    });
    task.start();
    clock.advance(20 * EVERY_MS);
    const stopping = task.stop().then(() => ended);
    done.open();

    expect([begun, await stopping]).toEqual([1, 1]);
    clock.advance(20 * EVERY_MS);
    expect(begun).toBe(1);
  });

  it('does not run any more once it has stopped, until it starts again', async () => {
    let runs = 0;
    const task = new RepeatedTask(clock, EVERY_MS, async () => runs++);
    task.start();
    await task.stop();
    clock.advance(2 * EVERY_MS);
    expect(runs).toBe(0);

    task.start();
    clock.advance(EVERY_MS);
    expect(runs).toBe(1);
    await task.stop();
  });

  it('waits as long as a timer can for an interval that is longer', () => {
    const delays: number[] = [];
    const watch: Clock = {
      now: () => 0,
      schedule: (delayMs) => (delays.push(delayMs), () => undefined),
    };
    jest.spyOn(Math, 'random').mockReturnValue(0.9);
    new RepeatedTask(watch, 30 * 86_400_000, async () => undefined).start();
    jest.restoreAllMocks();

    expect(delays).toEqual([2 ** 31 - 1]);
  });
});
