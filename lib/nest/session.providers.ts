import type { Provider } from '@nestjs/common';
import { SessionListener } from '../core/session/session-event.js';
import { SessionStore } from '../core/record/session-store.js';
import { MemorySessionStore } from '../stores/memory/index.js';
import { providerFor } from './custom-provider.js';
import type { ListenerProvider, StoreProvider } from './session-options.interface.js';

/**
 * The provider for the `store` option.
 *
 * @internal
 */
export function storeProvider(store: StoreProvider = MemorySessionStore): Provider {
  return providerFor<SessionStore>(SessionStore, 'store', store);
}

/**
 * The provider for the `listener` option; empty if the option is absent.
 *
 * @internal
 */
export function listenerProviders(listener: ListenerProvider | undefined): Provider[] {
  if (listener === undefined) return [];
  return [providerFor<SessionListener>(SessionListener, 'listener', listener)];
}
