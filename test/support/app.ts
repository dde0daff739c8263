import { type INestApplication, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { SessionModule } from 'nestjs-sessions';
import { Browser } from './browser.js';

export interface TestApp {
  readonly app: INestApplication;
  readonly origin: string;
  browser(): Browser;
  close(): Promise<void>;
}

export interface TestAppSettings extends ModuleMetadata {
  readonly session?: Parameters<typeof SessionModule.forRoot>[0];
  readonly prepare?: (app: INestApplication) => Promise<void> | void;
}

/** Starts an application with sessions on a free port of this machine. */
export async function startApp(
  adapter: AbstractHttpAdapter,
  { session = {}, prepare, imports = [], ...metadata }: TestAppSettings,
): Promise<TestApp> {
  const app = await NestFactory.create(
    moduleOf({ ...metadata, imports: [SessionModule.forRoot(session), ...imports] }),
    adapter,
    { logger: false, abortOnError: false },
  );
  await prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const origin = (await app.getUrl()).replace('localhost', '127.0.0.1');
  const browsers: Browser[] = [];
  return {
    app,
    origin,
    browser: () => {
      const browser = new Browser(origin);
      browsers.push(browser);
      return browser;
    },
    close: async () => {
      for (const browser of browsers) browser.close();
      await app.close();
    },
  };
}

export function moduleOf(metadata: ModuleMetadata): Type {
  @Module(metadata)
  class TestModule {}
  return TestModule;
}
