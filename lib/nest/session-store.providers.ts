import type { Provider } from '@nestjs/common';
import { configInvalid } from '../core/session-errors.js';
import { SessionStore } from '../core/session-store.js';
import { MemorySessionStore } from '../stores/memory/index.js';
import type { StoreProvider } from './session-options.interface.js';

/**
 * The provider behind the `store` option.
 *
 * @internal
 */
export function storeProvider(store: StoreProvider = MemorySessionStore): Provider {
  if (typeof store === 'function') return { provide: SessionStore, useClass: store };
  if (store instanceof SessionStore) return { provide: SessionStore, useValue: store };
  if (isRecipe(store)) return { ...store, provide: SessionStore } as Provider;
  throw configInvalid(
    'store',
    'a store, a store class, or { useClass | useExisting | useFactory }',
    `a value of type ${typeof store}`,
  );
}

function isRecipe(store: unknown): boolean {
  return (
    typeof store === 'object' &&
    store !== null &&
    ('useClass' in store || 'useExisting' in store || 'useFactory' in store)
  );
}
