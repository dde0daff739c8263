import {
  applyDecorators,
  type CanActivate,
  ConflictException,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Header,
  Injectable,
  Redirect,
  Res,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { Session, Sessions } from 'nestjs-sessions';
import { Readable } from 'node:stream';
import { rawOf, type Reply } from '../../support/reply.js';

export type Secretive = Session<{ secret: string }>;

export const SECRET = 'value-that-nobody-may-see';
export const BODY = 'body of the handler';

/** What happens while a handler, or a guard, runs. */
export const script = { meanwhile: async (_session: Secretive): Promise<void> => {} };

async function change(session: Secretive): Promise<void> {
  await script.meanwhile(session);
  session.set('secret', SECRET);
}

@Injectable()
class RefusingGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = this.sessions.of<{ secret: string }>(context);
    rawOf(context.switchToHttp().getResponse<Reply>()).setHeader('X-Own', BODY);
    await change(session);
    throw new ForbiddenException(BODY);
  }
}

const Way = (path: string): MethodDecorator =>
  applyDecorators(Get(path), Header('Set-Cookie', 'own=1'), Header('X-Own', BODY));

/** Ways to answer after a change, each with a body, a header and a cookie that must not outlive a failure. */
@Controller()
export class WaysController {
  @Way('return')
  async returned(@Session() session: Secretive) {
    await change(session);
    return BODY;
  }

  @Way('redirect')
  @Redirect('/untouched')
  async redirect(@Session() session: Secretive) {
    await change(session);
  }

  @Way('file')
  async file(@Session() session: Secretive) {
    await change(session);
    return new StreamableFile(Readable.from([BODY]), { disposition: 'attachment' });
  }

  @Way('passthrough')
  async passthrough(@Session() session: Secretive, @Res({ passthrough: true }) reply: Reply) {
    rawOf(reply).setHeader('X-Raw', BODY).appendHeader('Set-Cookie', 'raw=1');
    await change(session);
    return BODY;
  }

  @Way('client-error')
  async clientError(@Session() session: Secretive) {
    await change(session);
    throw new ConflictException(BODY);
  }

  @Get('guard')
  @UseGuards(RefusingGuard)
  guarded() {}

  @Way('send')
  async send(@Session() session: Secretive, @Res() reply: Reply) {
    await change(session);
    reply.status(201).send(BODY);
  }

  @Way('end')
  async end(@Session() session: Secretive, @Res() reply: Reply) {
    await change(session);
    rawOf(reply).setHeader('X-Raw', BODY).end(BODY);
  }

  @Way('pipe')
  async pipe(@Session() session: Secretive, @Res() reply: Reply) {
    await change(session);
    Readable.from([BODY, BODY]).pipe(rawOf(reply));
  }

  @Way('write-head')
  async writeHead(@Session() session: Secretive, @Res() reply: Reply) {
    await change(session);
    const response = rawOf(reply).writeHead(203, 'Own Reason', { 'X-Raw': BODY });
    response.write(BODY);
    response.end();
  }
}

export const ways = [
  'return',
  'redirect',
  'file',
  'passthrough',
  'client-error',
  'guard',
  'send',
  'end',
  'pipe',
  'write-head',
] as const;
