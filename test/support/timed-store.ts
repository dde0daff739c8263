import { MemorySessionStore } from 'nestjs-sessions/memory';
import type { ManualClock } from 'nestjs-sessions/testing';
import { PassingClock } from './passing-clock.js';

/** A store that tells the time of its own clock. */
export class TimedStore extends MemorySessionStore {
  readonly own: ManualClock;
  asked = 0;
  answer: () => Promise<void> | void = () => undefined;

  constructor(own: ManualClock = new PassingClock()) {
    super({ clock: own });
    this.own = own;
  }

  async currentTime(): Promise<number> {
    this.asked++;
    await this.answer();
    return this.own.now();
  }
}
