import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { Place } from '../place.js';
import { clientOf } from '../stores/redis.js';
import type { BenchApp } from './bench-app.js';
import { HandMadeInterceptor, sessionIn } from './hand-made.interceptor.js';
import { HandMadeStore } from './hand-made-store.js';
import { sessionController } from './session-controller.js';

const HandMadeSession = createParamDecorator((_: unknown, context: ExecutionContext) =>
  sessionIn(context),
);

class ByHandModule {}

/** What an application does for itself when it takes no library. */
export function appByHand(place: Place, isPipelined: boolean): BenchApp {
  const store = new HandMadeStore(clientOf(place, isPipelined), `${place.name}:by-hand:`);
  return {
    module: {
      module: ByHandModule,
      controllers: [sessionController(HandMadeSession)],
      providers: [{ provide: APP_INTERCEPTOR, useValue: new HandMadeInterceptor(store) }],
    },
  };
}
