import { jest } from '@jest/globals';
import { SessionStore } from 'nestjs-sessions';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { findRedis } from '../support/servers.js';
import { AccountStage } from './account-stage.js';
import { describeInChromium } from './chromium.js';

const redis = await findRedis();
// Chromium takes both cores of a small machine, and shares them with the other tests.
jest.setTimeout(60_000);

const suite = redis ? describeInChromium() : describe.skip;

suite('sample/account on Redis, in Chromium', () => {
  let stage: AccountStage;

  beforeAll(async () => {
    stage = await AccountStage.start({ REDIS_URL: redis!.url });
  });
  afterAll(async () => {
    await stage.closeDevices();
    await stage.stop();
    await redis!.stop();
  });

  it('signs out one device from another, which finds out at its next click', async () => {
    expect(stage.app.get(SessionStore)).toBeInstanceOf(RedisSessionStore);
    const [laptop, phone] = await stage.twoDevices(stage.newName());
    await laptop.follow('Devices');
    await laptop.press('Sign out Safari on iPhone');

    await phone.follow('Devices');

    expect(phone.path).toBe('/sign-in?first&next=%2Fdevices');
    expect(stage.problems).toEqual([]);
  });
});
