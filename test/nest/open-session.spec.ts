import { openSession } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { CountingStore } from '../support/counting-store.js';

describe('openSession', () => {
  it('gives a session by id and store, without Nest or a request', async () => {
    const store = new MemorySessionStore();
    const first = openSession<{ n: number }>(store);
    await first.update('n', () => 1);
    const second = openSession<{ n: number }>(store, first.id);

    expect(await second.update('n', (n = 0) => n + 1)).toBe(2);
    expect(second.id).toBe(first.id);
  });

  it.each(['', 'malformed', 'A'.repeat(43), '__proto__'])(
    'takes the id %j for new, and does not adopt it',
    async (id) => {
      const store = new CountingStore();
      const session = openSession<{ n: number }>(store, id);
      expect(await session.get('n')).toBeUndefined();
      await session.update('n', () => 1);

      expect(session.id).toMatch(/^[\w-]{43}$/);
      expect(session.id).not.toBe(id);
    },
  );

  it('follows options of its own', async () => {
    const session = openSession<{ text: string }>(new MemorySessionStore(), undefined, {
      limits: { recordBytes: 1024 },
    });

    await expect(session.update('text', () => 'x'.repeat(1024))).rejects.toMatchObject({
      code: 'SESSION_TOO_LARGE',
    });
  });
});
