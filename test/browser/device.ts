import { mkdirSync } from 'node:fs';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from 'playwright-core';

const SCREENSHOTS = 'sample/account/screenshots';

export const LAPTOP: BrowserContextOptions = {
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  viewport: { width: 800, height: 480 },
};
export const PHONE: BrowserContextOptions = {
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  viewport: { width: 360, height: 640 },
};

/** A browser with its own cookies. It collects the errors and warnings of pages. */
export class Device {
  readonly problems: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('requestfailed', (request) => {
      // The test left the page before it had loaded completely.
      if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
      this.problems.push(`no answer: ${request.url()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) this.problems.push(`${response.status()} ${response.url()}`);
    });
  }

  static async start(
    browser: Browser,
    origin: string,
    options: BrowserContextOptions = LAPTOP,
  ): Promise<Device> {
    const context = await browser.newContext({ ...options, baseURL: origin });
    context.setDefaultTimeout(20_000);
    return new Device(context, await context.newPage());
  }

  get path(): string {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  async open(path: string): Promise<void> {
    await this.page.goto(path);
  }

  async press(button: string): Promise<void> {
    await this.#goBy(this.page.getByRole('button', { name: button, exact: true }));
  }

  async follow(link: string): Promise<void> {
    await this.#goBy(this.page.getByRole('link', { name: link }));
  }

  async fill(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, value] of Object.entries(fields)) {
      await this.page.getByLabel(label, { exact: true }).fill(value);
    }
  }

  async signUp(name: string, password: string): Promise<void> {
    await this.open('/sign-up');
    await this.fill({ Name: name, Password: password });
    await this.press('Sign up');
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.open('/sign-in');
    await this.fill({ Name: name, Password: password });
    await this.press('Sign in');
  }

  /** The notice of the page. */
  notice(): Promise<string> {
    return this.page.getByRole('status').innerText();
  }

  text(): Promise<string> {
    return this.page.getByRole('main').innerText();
  }

  async #goBy(target: Locator): Promise<void> {
    const arrived = this.page.waitForEvent('load');
    await target.click();
    await arrived;
  }

  /** Takes a screenshot for the README, if `TEST_SCREENSHOTS` is set. */
  async show(name: string): Promise<void> {
    if (!process.env.TEST_SCREENSHOTS) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  }
}
