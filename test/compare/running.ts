import { type INestApplication, type Type } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import type { Gate } from './gate.js';

/** An application that listens on a port of this machine. */
export interface Running {
  readonly origin: string;
  readonly gate: Gate;
  close(): Promise<void>;
}

export async function runningOn(
  adapter: AbstractHttpAdapter,
  module: Type,
  gate: Gate,
  prepare?: (app: INestApplication) => Promise<void> | void,
): Promise<Running> {
  const app = await NestFactory.create(module, adapter, {
    logger: false,
    forceCloseConnections: true,
  });
  await prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const origin = (await app.getUrl()).replace('localhost', '127.0.0.1');
  return { origin, gate, close: () => app.close() };
}
