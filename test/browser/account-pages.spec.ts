import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { jest } from '@jest/globals';
import type axe from 'axe-core';
import { AccountStage, PASSWORD } from './account-stage.js';
import { describeInChromium } from './chromium.js';
import { type Device, PHONE } from './device.js';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const PAGES = ['/', '/cart', '/devices', '/password', '/sign-in?first', '/sign-up', '/nowhere'];

// Chromium takes both cores of a small machine, and shares them with the other tests.
jest.setTimeout(60_000);

describeInChromium()('The pages of sample/account, in Chromium', () => {
  let stage: AccountStage;
  let phone: Device;

  beforeAll(async () => {
    stage = await AccountStage.start();
    phone = await stage.device(PHONE);
    await phone.open('/');
    await phone.press('Add Assam to cart');
    await phone.signUp(stage.newName(), PASSWORD);
    const laptop = await stage.device();
    await laptop.signIn('Ann', PASSWORD);
  });
  afterAll(async () => {
    await stage.closeDevices();
    await stage.stop();
  });

  describe.each(PAGES)('%s', (path) => {
    beforeAll(() => phone.open(path));

    it.each(['light', 'dark'] as const)('has no barriers that axe knows, %s', async (scheme) => {
      await phone.page.emulateMedia({ colorScheme: scheme });

      expect(await barriersOn(phone)).toEqual([]);
    });

    it('has one heading of the first level', async () => {
      expect(await phone.page.locator('h1').count()).toBe(1);
    });

    it('fits the width of a phone', async () => {
      const { width } = PHONE.viewport!;
      expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    });
  });
});

async function barriersOn({ page }: Device): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
