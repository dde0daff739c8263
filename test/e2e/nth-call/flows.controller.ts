import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Redirect,
  Res,
  Sse,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { Session, Sessions } from 'nestjs-sessions';
import { Readable } from 'node:stream';
import { from } from 'rxjs';
import type { Reply } from '../../support/reply.js';
import { NEW } from './flows.js';

type Visitor = Session<{ name: string; n: number }>;

@Injectable()
class RefusingGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    this.sessions.of<{ name: string }>(context).set('name', NEW);
    return false;
  }
}

@Controller()
export class FlowsController {
  @Get('read')
  async read(@Session() session: Visitor) {
    return { name: await session.get('name') };
  }

  @Get('write')
  write(@Session() session: Visitor) {
    session.set('name', NEW);
    return NEW;
  }

  @Get('read-and-write')
  async readAndWrite(@Session() session: Visitor) {
    session.set('n', ((await session.get('n')) ?? 0) + 1);
  }

  @Get('clear')
  clear(@Session() session: Visitor) {
    session.clear();
  }

  @Get('lifetime')
  lifetime(@Session() session: Visitor) {
    session.setLifetime({ afterInactivity: '1h' });
  }

  @Get('login')
  login(@Session() session: Visitor) {
    session.rotate();
    session.set('name', NEW);
    return NEW;
  }

  @Get('logout')
  async logout(@Session() session: Visitor) {
    await session.destroy();
  }

  @Get('read-and-logout')
  async readAndLogout(@Session() session: Visitor) {
    await session.load();
    await session.destroy();
  }

  @Get('start-over')
  async startOver(@Session() session: Visitor) {
    await session.destroy();
    session.set('name', NEW);
  }

  @Get('redirect')
  @Redirect('/read')
  redirect(@Session() session: Visitor) {
    session.set('name', NEW);
  }

  @Get('file')
  file(@Session() session: Visitor) {
    session.set('name', NEW);
    return new StreamableFile(Readable.from([NEW, NEW]));
  }

  @Get('generator')
  generator(@Session() session: Visitor) {
    session.set('name', NEW);
    return chunks();
  }

  @Sse('sse')
  sse(@Session() session: Visitor) {
    session.set('name', NEW);
    return from([{ data: NEW }, { data: NEW }]);
  }

  @Get('send')
  send(@Session() session: Visitor, @Res() reply: Reply) {
    session.set('name', NEW);
    reply.send(NEW);
  }

  @Get('refusal')
  @UseGuards(RefusingGuard)
  refused() {}

  @Get('update')
  update(@Session() session: Visitor) {
    return session.update('n', (n = 0) => n + 1);
  }

  @Get('take')
  take(@Session() session: Visitor) {
    return session.take('name');
  }

  @Get('save')
  async save(@Session() session: Visitor) {
    session.set('name', NEW);
    await session.save();
  }

  @Get('save-and-write')
  async saveAndWrite(@Session() session: Visitor) {
    session.set('name', NEW);
    await session.save();
    session.set('n', 1);
  }

  @Get('reload')
  async reload(@Session() session: Visitor) {
    await session.load();
    await session.reload();
    session.set('name', NEW);
  }
}

async function* chunks(): AsyncGenerator<string> {
  await Promise.resolve();
  yield NEW;
  yield NEW;
}
