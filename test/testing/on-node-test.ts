import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { describeSessionStore } from 'nestjs-sessions/testing';

const expect = (actual: unknown) => ({
  toEqual: (expected: unknown) => assert.deepStrictEqual(actual, expected),
});

describeSessionStore(
  { describe, it, expect },
  'a store on node:test',
  (clock) => new MemorySessionStore({ clock }),
  { deletesExpired: true, listsByUser: true },
);
