import type { LiveRecord, Session } from 'nestjs-sessions';

export type Values = { n: number; text: string };

/** Data of several blocks that only fits together whole. */
export function contentOf(n: number): Values {
  return { n, text: `${n},`.repeat(2_000) };
}

/** What requests do that are killed: each makes so many calls to the store. */
export const deeds = {
  write: { calls: 2, do: write },
  update: { calls: 2, do: update },
  login: { calls: 3, do: login },
  logout: { calls: 2, do: logout },
  'first visit': { calls: 1, do: write },
} as const;

export type Deed = keyof typeof deeds;

export function isWhole({ data }: LiveRecord): boolean {
  const { n, text } = data as Partial<Values>;
  return (n === 1 || n === 2) && text === contentOf(n).text;
}

/** As at the end of a request whose handler changed two keys. */
async function write(session: Session<Values>): Promise<void> {
  const { n, text } = contentOf(2);
  session.set('n', n);
  session.set('text', text);
  await session.save();
}

async function update(session: Session<Values>): Promise<void> {
  session.set('text', contentOf(2).text);
  await session.update('n', () => 2);
}

async function login(session: Session<Values>): Promise<void> {
  session.rotate();
  await write(session);
}

function logout(session: Session<Values>): Promise<void> {
  return session.destroy();
}
