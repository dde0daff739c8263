import { setTimeout as delay } from 'node:timers/promises';
import type { SessionRecord } from 'nestjs-sessions';
import { seedSession } from 'nestjs-sessions/testing';
import { storeKeyOf } from '../../../lib/core/record/session-id.js';
import type { TestApp } from '../../support/app.js';
import type { Answer, Browser } from '../../support/browser.js';
import type { Fault } from './fault.js';
import type { Flow, Held } from './flows.js';
import type { World } from './world.js';
import type { Worlds } from './worlds.js';

export const COOKIE_SECRET = 'secret-that-signs-the-cookies-of-this-test';

/** Of the machine, whose time no request waits for: an answer that is not there by then never comes. */
const ANSWERED_WITHIN_MS = 20_000;
const COOKIE = '__Host-sid';
const TOUCH_IS_DUE_AFTER_MS = 10 * 60_000;
const WALL_STANDS_MS = 5 * 60_000;

export interface Stage {
  readonly host: TestApp;
  readonly worlds: Worlds;
}

export interface Visit {
  /** Undefined if none came. */
  readonly answer: Answer | undefined;
  /** The calls that were made to the store. */
  readonly calls: readonly string[];
}

/** A browser, and the world that its requests live in. */
export class Visitor {
  /** All that no line of the log may hold. */
  readonly secrets = new Set<string>();
  readonly #world: World;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #browser: Browser;

  constructor({ host, worlds }: Stage) {
    const { world, headers } = worlds.open();
    this.#world = world;
    this.#headers = headers;
    this.#browser = host.browser();
  }

  /** Where the session is that the browser has the cookie of. */
  get key(): string | undefined {
    const [id] = this.#browser.jar.get(COOKIE)?.split('.') ?? [];
    return id === undefined ? undefined : storeKeyOf(id);
  }

  async begin({ before, isTouchDue = false }: Flow): Promise<void> {
    if (!before) return;
    const { store } = this.#world;
    const cookie = { secrets: [COOKIE_SECRET] };
    const pair = await seedSession(store, { data: before, cookie });
    this.#browser.jar.set(COOKIE, pair.slice(COOKIE.length + 1));
    if (isTouchDue) this.#world.clock.advance(TOUCH_IS_DUE_AFTER_MS);
  }

  async visit({ path }: Flow, fault?: Fault): Promise<Visit> {
    this.#world.fault = fault;
    this.#note();
    const answer = await Promise.race([
      this.#browser.get(path, { headers: this.#headers }),
      delay(ANSWERED_WITHIN_MS, undefined, { ref: false }),
    ]);
    this.#note();
    this.#world.fault = undefined;
    return { answer, calls: this.#world.takeCalls() };
  }

  async held(): Promise<Held> {
    const record = this.key === undefined ? undefined : await this.#world.store.load(this.key);
    return record?.kind === 'live' ? record.data : undefined;
  }

  /** Whatever the store keeps for this visitor, found or lost. */
  records(): Promise<SessionRecord[]> {
    return this.#world.store.records();
  }

  letWallFall(): void {
    this.#world.clock.advance(WALL_STANDS_MS);
  }

  leave(): void {
    this.#browser.close();
    this.#world.close();
  }

  #note(): void {
    for (const key of this.#world.store.keys) this.secrets.add(key);
    const cookie = this.#browser.jar.get(COOKIE);
    for (const part of cookie?.split('.') ?? []) this.secrets.add(part);
  }
}
