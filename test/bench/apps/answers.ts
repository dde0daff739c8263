/** What every app keeps in a session, and what it answers, so that the session is all they differ in. */
export interface Visit {
  profile: { readonly name: string; readonly locale: string; readonly roles: readonly string[] };
  visits: number;
  user: string;
}

export const PROFILE: Visit['profile'] = {
  name: 'Ada Lovelace',
  locale: 'en-GB',
  roles: ['customer', 'editor'],
};

export interface Answer {
  readonly answer: string | number;
}

export function answer(value: string | number = 'none'): Answer {
  return { answer: value };
}
