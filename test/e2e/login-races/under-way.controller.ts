import { Controller, Get, InternalServerErrorException } from '@nestjs/common';
import { Session, SkipSession } from 'nestjs-sessions';
import { Barrier } from '../../support/barrier.js';

type Visitor = Session<{ note: string; count: number }>;

/** Where requests that are under way wait until the test lets them go on. */
export class Crossing {
  readonly #isOpen = new Barrier();
  readonly #isFull = new Barrier();
  #expected: number;

  constructor(expected: number) {
    this.#expected = expected;
  }

  /** Resolves when as many requests as are expected wait. */
  get full(): Promise<void> {
    return this.#isFull.reached;
  }

  wait(): Promise<void> {
    if (--this.#expected === 0) this.#isFull.open();
    return this.#isOpen.reached;
  }

  open(): void {
    this.#isOpen.open();
  }
}

export const script = { crossing: new Crossing(0) };

/** What requests do that a login overtakes: some have loaded the session by then, some have yet to look. */
@Controller('under-way')
export class UnderWayController {
  @Get('loaded-read')
  async loadedRead(@Session() session: Visitor) {
    await session.load();
    await script.crossing.wait();
    return session.all();
  }

  @Get('late-read')
  async lateRead(@Session() session: Visitor) {
    await script.crossing.wait();
    return session.all();
  }

  @Get('loaded-write')
  async loadedWrite(@Session() session: Visitor) {
    await session.load();
    await script.crossing.wait();
    session.set('note', 'written through the old id');
  }

  @Get('late-write')
  async lateWrite(@Session() session: Visitor) {
    await script.crossing.wait();
    session.set('note', 'written through the old id');
  }

  @Get('loaded-update')
  async loadedUpdate(@Session() session: Visitor) {
    await session.load();
    await script.crossing.wait();
    return session.update('count', (count = 0) => count + 1);
  }

  @Get('loaded-rotation')
  async loadedRotation(@Session() session: Visitor) {
    await session.load();
    await script.crossing.wait();
    session.rotate();
    session.userId = 'mallory';
  }

  @Get('loaded-logout')
  async loadedLogout(@Session() session: Visitor) {
    await session.load();
    await script.crossing.wait();
    await session.destroy();
  }

  @Get('late-logout')
  async lateLogout(@Session() session: Visitor) {
    await script.crossing.wait();
    await session.destroy();
  }

  @Get('untouched')
  async untouched(@Session() _session: Visitor) {
    await script.crossing.wait();
  }

  @Get('skipped')
  @SkipSession()
  async skipped() {
    await script.crossing.wait();
  }

  @Get('error')
  async error(@Session() session: Visitor) {
    session.set('note', 'written through the old id');
    await script.crossing.wait();
    throw new InternalServerErrorException();
  }

  @Get('reload')
  async reload(@Session() session: Visitor) {
    await session.load();
    await script.crossing.wait();
    await session.reload();
    return session.all();
  }
}
