import {
  createParamDecorator,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { Session as SessionHandle } from '../core/session.js';
import type { SessionData } from '../core/session-data.js';
import { noSessionHere } from '../core/session-errors.js';
import { commitHandler } from './commit-handler.js';
import { hostOf } from './session-hosts.js';

type Values = Record<string, unknown>;
type Pipe = PipeTransform | Type<PipeTransform>;
type Parameter<T> = (...keyAndPipes: (T | Pipe)[]) => ParameterDecorator;

const parameter: Parameter<string> = createParamDecorator(
  (key: unknown, context: ExecutionContext) => {
    const host = hostOf(context);
    if (!host) throw noSessionHere();
    const session = host.of(context) as SessionHandle<Values>;
    return typeof key === 'string' ? session.get(key) : session;
  },
  [bindInterceptor],
);

/**
 * The session of the request, as the type and as the decorator of a handler's parameter.
 *
 * `@Session()` hands over the session, with no store call. `@Session('key')` hands over one value, loaded, and takes
 * pipes.
 *
 * ```ts
 * @Get()
 * show(@Session() session: Session<{ cart: Cart }>, @Session('locale', new DefaultValuePipe('en')) locale: string) {}
 * ```
 *
 * @publicApi
 */
export const Session = asClass(parameter);

/** The session of a visitor; see the constant of this name for the decorator. @publicApi */
export interface Session<T extends object = SessionData> extends SessionHandle<T> {}

type DecoratorAndClass = Parameter<string> & {
  new <T extends object = SessionData>(...state: never[]): SessionHandle<T>;
  readonly prototype: SessionHandle;
};

/** Finds its application by the request, since what a decorator binds may stand in any module. */
const interceptor: NestInterceptor = {
  intercept: (context, next) => {
    const host = hostOf(context);
    return host ? commitHandler(host, context, next) : next.handle();
  },
};
const bound = new WeakSet<object>();

/** Binds it once to the handler, outside of the interceptors that its own decorators bind. */
function bindInterceptor(target: object, method: string | symbol | undefined): void {
  const descriptor = method && Object.getOwnPropertyDescriptor(target, method);
  if (!descriptor || bound.has(descriptor.value as object)) return;
  bound.add(descriptor.value as object);
  UseInterceptors(interceptor)(target, method, descriptor);
}

/**
 * A function that also serves as the class where metadata and `instanceof` look for one: emitted parameter types name
 * it as a value. A declared function, since an arrow cannot stand right of `instanceof`.
 */
function asClass(decorator: Parameter<string>): DecoratorAndClass {
  function Session(...keyAndPipes: (string | Pipe)[]): ParameterDecorator {
    return decorator(...keyAndPipes);
  }
  Object.defineProperty(Session, 'prototype', { value: SessionHandle.prototype });
  return Session as unknown as DecoratorAndClass;
}
