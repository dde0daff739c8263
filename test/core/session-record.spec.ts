import { decodeRecord, encodeRecord, type SessionRecord } from 'nestjs-sessions';

describe('encodeRecord and decodeRecord', () => {
  it.each(['', '{', 'null', '[]', '"text"', '{}', '{"format":1}', '{"format":2,"kind":"live"}'])(
    'refuses %j as unreadable',
    (text) => {
      expect(() => decodeRecord(text)).toThrow(
        expect.objectContaining({ code: 'SESSION_RECORD_UNREADABLE' }),
      );
    },
  );

  it.each(['{"cart":"a secret value"', '{"format":1,"data":"a secret value"}'])(
    'quotes nothing of %j',
    (text) => {
      expect(() => decodeRecord(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('secret') }),
      );
    },
  );

  it('reads what was written, with the expiry that the store knows better', () => {
    const record = {
      kind: 'marker',
      key: 'k',
      revision: 'r',
      recentRevisions: [],
      createdAt: 1,
      expiresAt: 2,
      absoluteExpiresAt: 3,
      format: 1,
    } satisfies SessionRecord;

    expect(decodeRecord(encodeRecord(record))).toEqual(record);
    expect(decodeRecord(encodeRecord(record), 9)).toEqual({ ...record, expiresAt: 9 });
  });
});
