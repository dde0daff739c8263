import type { Provider } from '@nestjs/common';
import { SessionListener } from '../core/session-event.js';
import { SessionStore } from '../core/session-store.js';
import { MemorySessionStore } from '../stores/memory/index.js';
import { providerFor } from './provider-recipe.js';
import type { ListenerProvider, StoreProvider } from './session-options.interface.js';

/**
 * The provider behind the `store` option.
 *
 * @internal
 */
export function storeProvider(store: StoreProvider = MemorySessionStore): Provider {
  return providerFor<SessionStore>(SessionStore, 'store', store);
}

/**
 * The provider behind the `listener` option, if there is one.
 *
 * @internal
 */
export function listenerProviders(listener: ListenerProvider | undefined): Provider[] {
  if (listener === undefined) return [];
  return [providerFor<SessionListener>(SessionListener, 'listener', listener)];
}
