import {
  commitConflict,
  valueMisfit,
  valueUnsupported,
} from '../../lib/core/errors/session-errors.js';

const HOSTILE = `a\nERROR forged line\u2028${'x'.repeat(300_000)}`;

describe('A message that names keys', () => {
  it.each([
    ['a conflict', commitConflict([HOSTILE], 100)],
    ['a misfit', valueMisfit(HOSTILE, `${HOSTILE}.b`)],
    ['a value', valueUnsupported(HOSTILE, 'undefined', 'Store null.')],
  ])('of %s is one short line, whoever chose them', (_, { message }) => {
    expect(message).toMatch(/a\\nERROR forged line\\u\{2028\}x/);
    expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    expect(message.length).toBeLessThan(1_500);
  });

  it('names five of many, and says how many there are', () => {
    const keys = Array.from({ length: 12 }, (_, n) => `k${n}`);

    expect(commitConflict(keys, 100).message).toContain('changes k0, k1, k2, k3, k4 and 7 more)');
  });
});
