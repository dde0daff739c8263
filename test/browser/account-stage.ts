import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { Browser } from 'playwright-core';
import { serverFolder } from '../support/servers.js';
import { startChromium } from './chromium.js';
import { Device, LAPTOP, PHONE } from './device.js';

export const PASSWORD = 'three words and more';

/** sample/account, once per test file, with a database of its own, and the browsers in front of it. */
export class AccountStage {
  readonly #names = ['Ann', 'Bea', 'Cem', 'Dan', 'Eva', 'Finn', 'Gil', 'Hana', 'Ida', 'Jon'];
  #devices: Device[] = [];

  private constructor(
    readonly app: INestApplication,
    private readonly browser: Browser,
    private readonly removeFolder: () => Promise<void>,
  ) {}

  static async start(environment: object = {}): Promise<AccountStage> {
    const folder = await serverFolder();
    const database = { PORT: '0', ACCOUNT_DATABASE: join(folder.path, 'account.sqlite') };
    Object.assign(process.env, environment, database);
    const log = console.log;
    console.log = () => undefined;
    const { app } = (await import('../../sample/account/main.js')) as { app: INestApplication };
    console.log = log;
    return new AccountStage(app, await startChromium(), () => folder.remove());
  }

  async device(options = LAPTOP): Promise<Device> {
    const { port } = new URL(await this.app.getUrl());
    const device = await Device.start(this.browser, `http://localhost:${port}`, options);
    this.#devices.push(device);
    return device;
  }

  /** Of a user that nobody was before. */
  newName(): string {
    return this.#names.shift() ?? 'Somebody';
  }

  /** A laptop and a phone of one user. */
  async twoDevices(name: string): Promise<[laptop: Device, phone: Device]> {
    const [laptop, phone] = [await this.device(), await this.device(PHONE)];
    await laptop.signUp(name, PASSWORD);
    await phone.signIn(name, PASSWORD);
    return [laptop, phone];
  }

  get problems(): readonly string[] {
    return this.#devices.flatMap(({ problems }) => problems);
  }

  async closeDevices(): Promise<void> {
    for (const { context } of this.#devices.splice(0)) await context.close();
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.app.close();
    await this.removeFolder();
  }
}
