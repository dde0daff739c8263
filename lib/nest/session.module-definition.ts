import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { SessionModuleExtras, SessionOptions } from './session-options.interface.js';
import { listenerProviders, storeProvider } from './session.providers.js';

/** Lists every extra, even without a default: the builder removes only these names from the options. */
const EXTRAS = {
  isGlobal: true,
  imports: undefined,
  store: undefined,
  listener: undefined,
} as unknown as SessionModuleExtras;

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<SessionOptions>({ moduleName: 'Session' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createSessionOptions')
    .setExtras<SessionModuleExtras>(
      EXTRAS,
      (definition, { isGlobal, imports, store, listener }) => ({
        ...definition,
        global: isGlobal ?? true,
        imports: [...(definition.imports ?? []), ...(imports ?? [])],
        providers: [
          ...(definition.providers ?? []),
          storeProvider(store),
          ...listenerProviders(listener),
        ],
      }),
    )
    .build();
