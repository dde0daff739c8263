import { type Browser, chromium } from 'playwright-core';
import { isInstalled, missing } from '../support/servers.js';

const EXECUTABLE = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium';

/** `describe` where there is a Chromium; elsewhere the suite is skipped, with the reason printed. */
export function describeInChromium(): jest.Describe {
  if (isInstalled(EXECUTABLE)) return describe;
  missing('chromium', `there is no ${EXECUTABLE}`);
  return describe.skip;
}

/** Starts it without a window. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    // The sandbox asks for rights that containers do not give, and pages come from this machine only.
    args: ['--no-sandbox'],
    // Kept for the back button, as browsers of users do.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}
