import type { Type } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { takes } from './handler-traits.js';

const scanner = new MetadataScanner();

/**
 * Names the handlers that use the `Session` decorator of @nestjs/common, which editors tend to import; undefined if
 * none does.
 *
 * @internal
 */
export function wrongDecoratorWarning(modules: ModulesContainer): string | undefined {
  const handlers = [...modules.values()].flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) => handlersOf(metatype as Type | null)),
  );
  if (handlers.length === 0) return undefined;
  return `\`Session\` of '@nestjs/common' reads \`request.session\`, which is none of this library's: ${handlers.join(', ')}. Write \`import { Session } from 'nestjs-sessions'\`.`;
}

function handlersOf(controller: Type | null): string[] {
  if (!controller) return [];
  return scanner
    .getAllMethodNames(controller.prototype as object)
    .filter((method) => takes(controller, method, RouteParamtypes.SESSION))
    .map((method) => `${controller.name}.${method}`);
}
