import { isSessionId, newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';

describe('A session id', () => {
  it('has 256 bits in one spelling', () => {
    const ids = new Set(Array.from({ length: 1000 }, newSessionId));

    expect(ids.size).toBe(1000);
    for (const id of ids) {
      expect(isSessionId(id)).toBe(true);
      expect(Buffer.from(id, 'base64url').toString('base64url')).toBe(id);
      expect(Buffer.from(id, 'base64url')).toHaveLength(32);
    }
  });

  it('is refused in another spelling of the same bytes', () => {
    const id = newSessionId();
    const last = id.at(-1)!;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sameBytes = id.slice(0, -1) + alphabet[alphabet.indexOf(last) + 1];

    expect(Buffer.from(sameBytes, 'base64url')).toEqual(Buffer.from(id, 'base64url'));
    expect(isSessionId(sameBytes)).toBe(false);
    expect(isSessionId(`${id}=`)).toBe(false);
    expect(isSessionId(`${id}\n`)).toBe(false);
  });

  it('is refused at another length', () => {
    const id = newSessionId();

    for (const text of ['', id.slice(1), `${id}A`, 'A'.repeat(16_384)]) {
      expect(isSessionId(text)).toBe(false);
    }
  });

  it('reaches a store as its hash only', () => {
    const id = newSessionId();

    expect(storeKeyOf(id)).toMatch(/^[\w-]{43}$/);
    expect(storeKeyOf(id)).not.toBe(id);
    expect(storeKeyOf(id)).toBe(storeKeyOf(id));
  });
});
