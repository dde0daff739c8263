import type { ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { Sessions } from 'nestjs-sessions';
import { CsrfGuard } from 'nestjs-sessions/auth';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

class Handlers {
  handle(): void {}
}

describe('CsrfGuard', () => {
  const guard = new CsrfGuard({} as Sessions);

  it.each([
    ['a message to a gateway', contextOf('ws', { request: requestWith({}) }, {})],
    ['a message to a gateway that keeps no handshake', contextOf('ws', {}, {})],
    ['a message to a microservice', contextOf('rpc', {}, {})],
    [
      'GraphQL by WebSocket',
      contextOf('graphql', {}, {}, { req: requestWith({ upgrade: 'WebSocket' }) }),
    ],
    ['GraphQL without a request', contextOf('graphql', {}, {}, {})],
    ['a transport that it does not know', contextOf('telegraph', requestWith({}))],
  ])('refuses %s', async (_, context) => {
    await expect(guard.canActivate(context)).rejects.toMatchObject({
      code: 'SESSION_CONFIG_INVALID',
      message: expect.stringContaining('check the `Origin` header of the handshake') as string,
    });
  });

  it('lets a GraphQL query by GET pass', async () => {
    const context = contextOf('graphql', {}, {}, { req: requestWith({}) });
    expect(await guard.canActivate(context)).toBe(true);
  });
});

function contextOf(type: string, ...args: unknown[]): ExecutionContext {
  const { handle } = Handlers.prototype;
  const context = new ExecutionContextHost(args, Handlers, handle);
  context.setType(type);
  return context;
}

/** A GET, as each handshake is. */
function requestWith(headers: IncomingMessage['headers']): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method: 'GET', headers });
}
