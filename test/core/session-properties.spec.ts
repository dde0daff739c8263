import { Session } from 'nestjs-sessions';
import { Bench } from '../support/open.js';

describe('A property of a session', () => {
  const session = new Bench().open();

  it.each([
    ['an unknown name', () => Object.assign(session, { views: 1 })],
    ['a symbol', () => Object.assign(session, { [Symbol('mark')]: 1 })],
    ['what throws nothing by itself, as sloppy mode', () => Reflect.set(session, 'views', 1)],
  ])('is refused where it is assigned, and the error names `set`: %s', (_, assign) => {
    expect(assign).toThrow(
      expect.objectContaining({
        code: 'SESSION_VALUE_UNSUPPORTED',
        message: expect.stringContaining('`session.set(key, value)`'),
      }),
    );
    expect(Object.keys(session)).toEqual([]);
  });

  it('is the user’s id where that is assigned', () => {
    session.userId = 'ann';
    expect(session.userId).toBe('ann');
  });

  it('is undefined if it is missing, and inherited as from any object otherwise', async () => {
    expect('views' in session).toBe(false);
    expect(session).toBeInstanceOf(Session);
    expect(session).toBeInstanceOf(Object);
    expect(Object.prototype.toString.call(session)).toBe('[object Object]');
    expect(await session.load()).toBe(session);
  });
});
