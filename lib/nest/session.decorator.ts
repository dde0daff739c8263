import {
  createParamDecorator,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { Session as SessionHandle } from '../core/session/session.js';
import type { SessionData, Storable } from '../core/session/session-data.js';
import { noSessionHere } from '../core/errors/session-errors.js';
import { commitHandler } from './commit-handler.js';
import { runtimeOf } from './session-runtimes.js';

type Values = Record<string, unknown>;
type Pipe = PipeTransform | Type<PipeTransform>;
type Parameter<T> = (...keyAndPipes: (T | Pipe)[]) => ParameterDecorator;

const parameter: Parameter<string> = createParamDecorator(
  (key: unknown, context: ExecutionContext) => {
    const runtime = runtimeOf(context);
    if (!runtime) throw noSessionHere();
    const session = runtime.of(context) as SessionHandle<Values>;
    return typeof key === 'string' ? session.get(key) : session;
  },
  [bindInterceptor],
);

/**
 * The session of the request, both as a type and as a parameter decorator.
 *
 * `@Session()` injects the session without a store call. `@Session('key')` loads the session, injects one value, and
 * accepts pipes.
 *
 * ```ts
 * @Get()
 * show(@Session() session: Session<{ cart: Cart }>, @Session('locale', new DefaultValuePipe('en')) locale: string) {}
 * ```
 *
 * @publicApi
 */
export const Session = asClass(parameter);

/** The session of a client; see the constant of the same name for the decorator. @publicApi */
export interface Session<T extends Storable<T> = SessionData> extends SessionHandle<T> {}

type DecoratorAndClass = Parameter<string> & {
  new <T extends Storable<T> = SessionData>(...state: never[]): SessionHandle<T>;
  readonly prototype: SessionHandle;
};

/** Finds its application through the request, since the decorated handler may be in any module. */
const interceptor: NestInterceptor = {
  intercept: (context, next) => {
    const runtime = runtimeOf(context);
    return runtime ? commitHandler(runtime, context, next) : next.handle();
  },
};
const bound = new WeakSet<object>();

/** Binds once per handler. Parameter decorators run first, so it wraps the interceptors of method decorators. */
function bindInterceptor(target: object, method: string | symbol | undefined): void {
  const descriptor = method && Object.getOwnPropertyDescriptor(target, method);
  if (!descriptor || bound.has(descriptor.value as object)) return;
  bound.add(descriptor.value as object);
  UseInterceptors(interceptor)(target, method, descriptor);
}

/**
 * A function that also serves as a class, for emitted parameter types, which refer to it as a value, and `instanceof`.
 * It is a function declaration because an arrow function cannot be the right operand of `instanceof`.
 */
function asClass(decorator: Parameter<string>): DecoratorAndClass {
  function Session(...keyAndPipes: (string | Pipe)[]): ParameterDecorator {
    return decorator(...keyAndPipes);
  }
  Object.defineProperty(Session, 'prototype', { value: SessionHandle.prototype });
  return Session as unknown as DecoratorAndClass;
}
