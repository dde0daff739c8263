import {
  createParamDecorator,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { Session as SessionHandle } from '../core/session.js';
import type { SessionData } from '../core/session-data.js';
import { noSessionHere } from '../core/session-errors.js';
import { hostOfClass } from './session-hosts.js';

type Values = Record<string, unknown>;
type Pipe = PipeTransform | Type<PipeTransform>;
type Parameter<T> = (...keyAndPipes: (T | Pipe)[]) => ParameterDecorator;

const parameter: Parameter<string> = createParamDecorator(
  (key: unknown, context: ExecutionContext) => {
    const host = hostOfClass(context.getClass());
    if (!host) throw noSessionHere();
    const session = host.of(context) as SessionHandle<Values>;
    return typeof key === 'string' ? session.get(key) : session;
  },
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
