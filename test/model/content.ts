import { isDeepStrictEqual } from 'node:util';
import type { LifetimeRule } from '../../lib/core/options/lifetime.js';
import type { LiveRecord, SessionRecord } from 'nestjs-sessions';

/** What a request asked to be changed. `increment` is what the scripts' updates do. */
export type Change =
  | { readonly kind: 'set'; readonly key: string; readonly value: number }
  | { readonly kind: 'delete' | 'increment'; readonly key: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'user'; readonly userId: string | undefined }
  | { readonly kind: 'lifetime'; readonly rule: LifetimeRule };

/** What an application sees of a session. */
export interface Content {
  readonly data: Readonly<Record<string, unknown>>;
  readonly userId: string | undefined;
  readonly lifetime: LifetimeRule | undefined;
}

/** What is seen where there is no session. */
export const NOTHING: Content = { data: {}, userId: undefined, lifetime: undefined };

export function contentOf({ data, userId, lifetime }: LiveRecord): Content {
  return { data, userId, lifetime };
}

/** What is seen through a record: nothing, if it is a marker or gone. */
export function seenThrough(record: SessionRecord | undefined): Content {
  return record?.kind === 'live' ? contentOf(record) : NOTHING;
}

export function contentAfter(changes: readonly Change[], content: Content): Content {
  return changes.reduce(changed, content);
}

export function isSame(one: Content, other: Content): boolean {
  return isDeepStrictEqual(one, other);
}

/** Whether a visitor without a session gets one for this. */
export function isWorthARecord({ data, userId }: Content): boolean {
  return userId !== undefined || Object.keys(data).length > 0;
}

function changed(content: Content, change: Change): Content {
  switch (change.kind) {
    case 'set':
      return { ...content, data: { ...content.data, [change.key]: change.value } };
    case 'increment': {
      const value = Number(content.data[change.key] ?? 0) + 1;
      return { ...content, data: { ...content.data, [change.key]: value } };
    }
    case 'delete': {
      const { [change.key]: _, ...data } = content.data;
      return { ...content, data };
    }
    case 'clear':
      return { ...content, data: {} };
    case 'user':
      return { ...content, userId: change.userId };
    case 'lifetime':
      return { ...content, lifetime: change.rule };
    default:
      return change satisfies never;
  }
}
