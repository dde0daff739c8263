import { decodeRecord, encodeRecord, type SessionRecord } from 'nestjs-sessions';

const MARKER = {
  kind: 'tombstone',
  key: 'k',
  revision: 'r',
  recentRevisions: [],
  createdAt: 1,
  expiresAt: 2,
  absoluteExpiresAt: 3,
  format: 1,
} satisfies SessionRecord;

describe('encodeRecord and decodeRecord', () => {
  it.each([
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"format":1}',
    '{"format":0}',
    '{"format":"2"}',
    '{"format":1.5}',
  ])('refuses %j as unreadable', (text) => {
    expect(() => decodeRecord(text)).toThrow(
      expect.objectContaining({ code: 'SESSION_RECORD_UNREADABLE' }),
    );
  });

  it.each(['{"cart":"a secret value"', '{"format":1,"data":"a secret value"}'])(
    'quotes nothing of %j',
    (text) => {
      expect(() => decodeRecord(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('secret') }),
      );
    },
  );

  it('refuses a newer format as one that is there, and quotes nothing of it', () => {
    expect(() => decodeRecord('{"format":2,"data":"a secret value"}')).toThrow(
      expect.objectContaining({
        code: 'SESSION_STORE_UNAVAILABLE',
        message: expect.stringMatching(/^The stored session has format 2, and (?!.*secret)/),
      }),
    );
  });

  it('keeps fields that it does not know', () => {
    expect(decodeRecord(JSON.stringify({ ...MARKER, added: 1 }))).toEqual({ ...MARKER, added: 1 });
  });

  it('reads what was written, with the expiry that the store knows better', () => {
    expect(decodeRecord(encodeRecord(MARKER))).toEqual(MARKER);
    expect(decodeRecord(encodeRecord(MARKER), 9)).toEqual({ ...MARKER, expiresAt: 9 });
  });
});
