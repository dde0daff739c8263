import { MemorySessionStore } from 'nestjs-sessions/memory';
import { describeSessionStore, ManualClock } from 'nestjs-sessions/testing';
import { sampleRecord, nextRecord } from '../../../lib/testing/sample-record.js';

describeSessionStore(
  { describe, it, expect },
  'MemorySessionStore',
  (clock) => new MemorySessionStore({ clock }),
  { deletesExpired: true, listsByUser: true },
);

describe('MemorySessionStore', () => {
  const clock = new ManualClock();

  it('refuses a new session when it is full of live ones, and ends none of them', async () => {
    const store = new MemorySessionStore({ clock, maxSessions: 2 });
    const [one, two, three] = [sampleRecord(clock), sampleRecord(clock), sampleRecord(clock)];
    await store.create(one);
    await store.create(two);

    await expect(store.create(three)).rejects.toThrow('full of live sessions (`maxSessions`)');
    expect(await store.load(one.key)).toEqual(one);
    expect(await store.load(two.key)).toEqual(two);
    expect(await store.save(nextRecord(one), one.revision)).toBe('saved');
  });

  it('makes room by dropping expired sessions first', async () => {
    const store = new MemorySessionStore({ clock, maxSessions: 1 });
    await store.create(sampleRecord(clock, { expiresAt: clock.now() + 10 }));
    clock.advance(1_100);

    expect(await store.create(sampleRecord(clock))).toBe(true);
  });

  it('refuses to grow beyond its bytes, and keeps the record as it was', async () => {
    const store = new MemorySessionStore({ clock, maxBytes: 2_000 });
    const record = sampleRecord(clock, { data: { text: 'small' } });
    await store.create(record);
    const grown = nextRecord(record, { data: { text: 'x'.repeat(2_000) } });

    await expect(store.save(grown, record.revision)).rejects.toThrow('`maxBytes`');
    expect(await store.load(record.key)).toEqual(record);
  });

  it('gives the bytes of removed sessions back', async () => {
    const store = new MemorySessionStore({ clock, maxBytes: 2_000 });
    for (let round = 0; round < 20; round++) {
      const record = sampleRecord(clock, { data: { text: 'x'.repeat(1_000) } });
      expect(await store.create(record)).toBe(true);
      await store.delete(record.key);
    }
  });

  it('finds a session that was touched many times when it expires at last', async () => {
    const store = new MemorySessionStore({ clock });
    const record = sampleRecord(clock);
    await store.create(record);
    for (let use = 0; use < 10; use++) {
      clock.advance(50_000);
      await store.touch(record.key, clock.now() + 60_000, record.revision);
      expect(await store.deleteExpired()).toBe(0);
    }
    clock.advance(62_000);

    expect(await store.deleteExpired()).toBe(1);
  });

  it('hands out what has expired, until the purge', async () => {
    const store = new MemorySessionStore({ clock });
    const record = sampleRecord(clock, { expiresAt: clock.now() + 10 });
    await store.create(record);
    clock.advance(1_100);

    expect([await store.load(record.key), await store.load(record.key)]).toEqual([record, record]);
    await store.deleteExpired();
    expect(await store.load(record.key)).toBeUndefined();
  });

  it('returns no session that has expired when the clock steps back', async () => {
    const store = new MemorySessionStore({ clock });
    const record = sampleRecord(clock, { expiresAt: clock.now() + 10, userId: 'user-1' });
    await store.create(record);
    clock.advance(10);
    await store.load(record.key);
    clock.advance(-10);

    expect(await store.load(record.key)).toBeUndefined();
    expect(await store.listByUser('user-1')).toEqual([]);
    expect(await store.save(nextRecord(record), record.revision)).toBe('gone');
    expect(await store.create(nextRecord(record))).toBe(true);
  });

  it('counts the bytes of one session under a key that is used again after its expiry', async () => {
    const store = new MemorySessionStore({ clock, maxBytes: 2_000 });
    const data = { text: 'x'.repeat(1_000) };
    let record = sampleRecord(clock, { data, expiresAt: clock.now() + 10 });
    for (let round = 0; round < 20; round++) {
      expect(await store.create(record)).toBe(true);
      clock.advance(10);
      record = nextRecord(record, { expiresAt: clock.now() + 10 });
    }
  });

  it('removes an expired session that is deleted, and says that it was not alive', async () => {
    const store = new MemorySessionStore({ clock });
    const record = sampleRecord(clock, { expiresAt: clock.now() + 10 });
    await store.create(record);
    clock.advance(10);

    expect(await store.delete(record.key, 'another revision')).toBe(false);
    expect(await store.load(record.key)).toEqual(record);
    expect(await store.delete(record.key)).toBe(false);
    expect(await store.load(record.key)).toBeUndefined();
  });

  it.each([
    [
      { maxSessions: 0 },
      'Expected `MemorySessionStore maxSessions` to be a positive whole number, got 0.',
    ],
    [
      { maxBytes: NaN },
      'Expected `MemorySessionStore maxBytes` to be a positive whole number, got NaN.',
    ],
    [
      { max: 5 },
      '`MemorySessionStore max` is not an option. There are: maxSessions, maxBytes, clock.',
    ],
  ])('refuses the options %j', (options, message) => {
    expect(() => new MemorySessionStore(options as object)).toThrow(message);
  });
});
