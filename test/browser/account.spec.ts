import { jest } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { AccountStage, PASSWORD } from './account-stage.js';
import { describeInChromium } from './chromium.js';
import type { Device } from './device.js';

const NEW_PASSWORD = 'other words, as many';

// Chromium takes both cores of a small machine, and shares them with the other tests.
jest.setTimeout(60_000);

describeInChromium()('sample/account, in Chromium', () => {
  let stage: AccountStage;
  let name: string;

  beforeAll(async () => {
    stage = await AccountStage.start();
  });
  beforeEach(() => {
    name = stage.newName();
  });
  afterEach(() => stage.closeDevices());
  afterAll(() => stage.stop());

  it('sets one cookie, which no script can read, with the attributes that were promised', async () => {
    const laptop = await stage.device();
    await laptop.signUp(name, PASSWORD);

    expect(await laptop.context.cookies()).toEqual([
      {
        name: '__Host-sid',
        value: expect.stringMatching(/^[\w-]{43}$/),
        domain: 'localhost', // without a dot in front: no Domain was set
        path: '/',
        expires: -1,
        httpOnly: true,
        secure: true,
        sameSite: 'Lax',
      },
    ]);
    expect(await laptop.page.evaluate(() => document.cookie)).toBe('');
    expect(stage.problems).toEqual([]);
  });

  it('keeps the cart of an anonymous visitor who signs in', async () => {
    const laptop = await stage.device();
    await laptop.open('/');
    await laptop.press('Add Assam to cart');
    expect(await laptop.notice()).toBe('Assam has been added to your cart.');
    await laptop.press('Add Sencha to cart');
    await laptop.show('teas');
    const [before] = await laptop.context.cookies();

    await laptop.signUp(name, PASSWORD);
    const [after] = await laptop.context.cookies();
    await laptop.follow('Cart (2)');

    expect(after!.value).not.toBe(before!.value);
    expect(await laptop.text()).toContain('€19.40');
    await laptop.show('cart');
    await laptop.press('Remove Assam');
    expect(await laptop.text()).not.toContain('€7.90');
    await laptop.follow('Continue shopping');
    expect(laptop.path).toBe('/');
    expect(stage.problems).toEqual([]);
  });

  it('describes a wrong password at its field, and keeps the name', async () => {
    const laptop = await stage.device();
    await laptop.signUp(name, PASSWORD);
    expect(await laptop.notice()).toContain(`Welcome, ${name}.`);
    await laptop.press('Sign out');
    expect(await laptop.notice()).toBe('You are signed out.');
    expect(stage.problems).toEqual([]);
    await laptop.signIn(name, NEW_PASSWORD);
    const password = laptop.page.getByLabel('Password');

    expect(await descriptionOf(password)).toBe('Wrong name or password.');
    expect(await password.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await laptop.page.getByLabel('Name').inputValue()).toBe(name);
    await laptop.show('sign-in');
  });

  it('signs out one device from another, which finds out at its next click', async () => {
    const [laptop, phone] = await stage.twoDevices(name);
    await laptop.follow('Devices');
    expect(await laptop.page.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^Firefox on Linux\n.*\nThis device$/s),
      expect.stringMatching(/^Safari on iPhone\n.*\nSign out/s),
    ]);
    await laptop.show('devices');
    await laptop.press('Sign out Safari on iPhone');
    expect(await laptop.notice()).toBe('That device has been signed out.');

    await phone.follow('Devices');

    expect(phone.path).toBe('/sign-in?first&next=%2Fdevices');
    expect(await phone.notice()).toContain('your session has ended');
    await phone.fill({ Name: name, Password: PASSWORD });
    await phone.press('Sign in');
    expect(phone.path).toBe('/devices');
    expect(stage.problems).toEqual([]);
  });

  it('signs out all other devices, whose forms then lead to the sign-in', async () => {
    const [laptop, phone] = await stage.twoDevices(name);
    await phone.follow('Devices');
    await phone.show('devices-on-a-phone');
    await laptop.follow('Devices');
    await laptop.press('Sign out all other devices');

    await phone.press('Sign out all other devices');

    expect(phone.path).toBe('/sign-in?first');
    await laptop.page.reload();
    expect(await laptop.page.getByRole('listitem').count()).toBe(1);
    expect(stage.problems).toEqual([]);
  });

  it('signs out other devices with a change of the password', async () => {
    const [laptop, phone] = await stage.twoDevices(name);
    await laptop.follow('Password');
    expect(await userNameOf(laptop)).toEqual([name, false]);
    await laptop.fill({ 'Current password': PASSWORD, 'New password': NEW_PASSWORD });
    await laptop.press('Change password');
    expect(await laptop.notice()).toBe(
      'Your password has been changed, and 1 other device has been signed out.',
    );

    await phone.follow('Devices');

    expect(phone.path).toBe('/sign-in?first&next=%2Fdevices');
    expect(stage.problems).toEqual([]);
    await phone.signIn(name, PASSWORD);
    expect(await phone.text()).toContain('Wrong name or password.');
    await phone.signIn(name, NEW_PASSWORD);
    expect(await phone.notice()).toBe(`You are signed in as ${name}.`);
  });

  it('keeps the navigation on an error page, which changes nothing', async () => {
    const laptop = await stage.device();
    await laptop.signUp(name, PASSWORD);
    await laptop.press('Add Assam to cart');
    await laptop.open('/nowhere');
    const navigation = laptop.page.getByRole('navigation').getByRole('link');

    expect(await navigation.allInnerTexts()).toEqual(['Teas', 'Cart (1)', 'Devices', 'Password']);
    await laptop.context.clearCookies();
    await laptop.open('/nowhere');
    expect(await navigation.allInnerTexts()).toEqual(['Teas', 'Cart (0)', 'Sign in', 'Sign up']);
    expect(await laptop.context.cookies()).toEqual([]);
  });

  it('has nothing private behind the back button after a sign-out', async () => {
    const laptop = await stage.device();
    await laptop.signUp(name, PASSWORD);
    await laptop.follow('Devices');
    await laptop.press('Sign out');
    expect(laptop.path).toBe('/');

    await laptop.page.goBack();

    expect(await laptop.text()).not.toContain('Firefox on Linux');
    expect(laptop.path).toBe('/sign-in?first&next=%2Fdevices');
    expect(stage.problems).toEqual([]);
  });

  it('refuses a form with the token of another session, and changes nothing', async () => {
    const [laptop, stranger] = [await stage.device(), await stage.device()];
    await laptop.open('/');
    await stranger.open('/');
    const token = await stranger.page.locator('[name=_csrf]').first().inputValue();
    await laptop.page
      .locator('[name=_csrf]')
      .first()
      .evaluate((input: HTMLInputElement, value) => (input.value = value), token);

    await laptop.press('Add Assam to cart');

    expect(await laptop.text()).toContain('This page has expired');
    await laptop.follow('Back to the shop');
    expect(await laptop.page.getByRole('link', { name: 'Cart (0)' }).count()).toBe(1);
  });
});

/** The user name that a form offers to password managers, and whether it is visible. */
async function userNameOf({ page }: Device): Promise<[name: string, isVisible: boolean]> {
  const input = page.locator('main [autocomplete=username]');
  return [await input.inputValue(), await input.isVisible()];
}

/** The description that a screen reader reads out after the label of an input. */
function descriptionOf(input: Locator): Promise<string> {
  return input.evaluate(
    (element) =>
      document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent ?? '',
  );
}
