import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { Session, SessionError, Sessions } from 'nestjs-sessions';

interface Visit {
  device: string;
  secret: string;
}

/** What a user sees of where they are signed in, and does about it. */
@Controller()
export class DevicesController {
  constructor(private readonly sessions: Sessions) {}

  @Post('login/:user/:device')
  login(
    @Session() session: Session<Visit>,
    @Param('user') user: string,
    @Param('device') device: string,
  ) {
    session.rotate();
    session.userId = user;
    session.set('device', device);
    session.set('secret', 'hidden');
  }

  @Post('login-elsewhere-over/:user')
  async loginAlone(@Session() session: Session<Visit>, @Param('user') user: string) {
    session.rotate();
    session.userId = user;
    return { ended: await this.sessions.revokeAll(user, { except: session }) };
  }

  /** Asks its user to choose, in place of an error page. */
  @Post('login-or-choose/:user')
  async loginOrChoose(@Session() session: Session<Visit>, @Param('user') user: string) {
    session.rotate();
    session.userId = user;
    try {
      await session.save();
      return { isSignedIn: true };
    } catch (error) {
      if (!SessionError.is(error, 'SESSION_LIMIT_REACHED')) throw error;
      await session.reload();
      session.set('device', 'waiting');
      return { isSignedIn: false };
    }
  }

  @Get('who')
  async who(@Session() session: Session<Visit>) {
    await session.load();
    return { userId: session.userId ?? null };
  }

  @Get('sessions')
  async list(@Session() session: Session<Visit>) {
    await session.load();
    return this.sessions.listByUser<Visit>(session.userId ?? '', {
      current: session,
      show: ['device'],
    });
  }

  @Delete('sessions/:publicId')
  async revoke(@Session() session: Session<Visit>, @Param('publicId') publicId: string) {
    await session.load();
    return { ended: await this.sessions.revoke(publicId, { userId: session.userId ?? '' }) };
  }

  @Delete('sessions')
  async revokeOthers(@Session() session: Session<Visit>) {
    await session.load();
    return { ended: await this.sessions.revokeAll(session.userId ?? '', { except: session }) };
  }

  @Post('rotate')
  rotate(@Session() session: Session<Visit>) {
    session.rotate();
  }

  /** As an administrator may, or a change of password. */
  @Delete('users/:user')
  async revokeAll(@Param('user') user: string) {
    return { ended: await this.sessions.revokeAll(user) };
  }
}
