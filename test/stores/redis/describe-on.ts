import { randomUUID } from 'node:crypto';
import { RedisSessionStore, type RedisSessionStoreOptions } from 'nestjs-sessions/redis';
import { describeSessionStore } from 'nestjs-sessions/testing';

/** Runs the contract on the store with a client of the application. */
export function describeOn(name: string, options: RedisSessionStoreOptions): void {
  describeSessionStore(
    { describe, it, expect },
    `RedisSessionStore on ${name}`,
    (clock) => {
      const settings = { ...options, namespace: `test-${randomUUID()}`, clock };
      return { store: new RedisSessionStore(settings), other: new RedisSessionStore(settings) };
    },
    { listsByUser: true },
  );
}
