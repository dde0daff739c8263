/** The program of a process that serves sessions until it is told to end, and closes its store itself. */
import { Controller, Get, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Session, SessionModule, type SessionStore } from 'nestjs-sessions';
import { FileSessionStore } from 'nestjs-sessions/file';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { adapters } from '../support/adapters.js';
import { moduleOf } from '../support/app.js';
import type { Place } from '../support/workers/store-makers.js';
import { PATIENCE } from './patience.js';

const makers: Readonly<Record<string, (place: Place) => SessionStore>> = {
  file: ({ directory }) => new FileSessionStore({ directory: directory! }),
  redis: ({ url, namespace }) => {
    const { hostname, port } = new URL(url!);
    return new RedisSessionStore({
      client: { host: hostname, port: Number(port) },
      namespace: namespace!,
    });
  },
};

@Controller()
class LoadController {
  @Get('add')
  add(@Session() session: Session<{ count: number }>) {
    return session.update('count', (count = 0) => count + 1);
  }

  @Get('set/:key')
  set(@Session() session: Session<Record<string, number>>, @Param('key') key: string) {
    session.set(key, 1);
    return 'set';
  }
}

function complain(...parts: readonly unknown[]): void {
  if (process.connected) process.send!(parts.map(String).join(' '));
}

const [adapter, storeName, place] = process.argv.slice(2) as [string, string, string];
const store = { useFactory: () => makers[storeName]!(JSON.parse(place) as Place) };
const module = moduleOf({
  imports: [SessionModule.forRoot({ cookie: { secure: false }, limits: PATIENCE, store })],
  controllers: [LoadController],
});
const [, makeAdapter] = adapters.find(([name]) => name === adapter)!;
const app = await NestFactory.create(module, makeAdapter(), { logger: false });
app.useLogger({ log: () => undefined, warn: complain, error: complain });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.send!(await app.getUrl());
// The signal alone is to end it.
process.channel!.unref();
process.on('disconnect', () => process.exit());
