import { Body, Controller, Get, Post, Redirect } from '@nestjs/common';
import { Session, Sessions } from 'nestjs-sessions';
import { CurrentUser } from 'nestjs-sessions/auth';
import type { User } from '../users/user.entity.js';
import type { VisitData } from '../web/visit.js';
import { devicesPage } from './devices.page.js';

const SIGNED_OUT = 'That device has been signed out.';

@Controller('devices')
export class DevicesController {
  constructor(private readonly sessions: Sessions) {}

  @Get()
  async show(@Session() session: Session<VisitData>, @CurrentUser() user: User) {
    const devices = await this.sessions.listByUser<VisitData>(user.id, {
      current: session,
      show: ['device'],
    });
    return devicesPage({ session, user }, devices);
  }

  /** The public id comes from a form, so `userId` restricts it to sessions of this user. */
  @Post('sign-out')
  @Redirect('/devices', 303)
  async signOutOne(
    @Session() session: Session<VisitData>,
    @CurrentUser() user: User,
    @Body('device') publicId: unknown,
  ) {
    const hasEnded = await this.sessions.revoke(String(publicId), { userId: user.id });
    session.flash('notice', hasEnded ? SIGNED_OUT : 'That device was already signed out.');
  }

  @Post('sign-out-others')
  @Redirect('/devices', 303)
  async signOutOthers(@Session() session: Session<VisitData>, @CurrentUser() user: User) {
    await this.sessions.revokeAll(user.id, { except: session });
    session.flash('notice', 'All other devices have been signed out.');
  }
}
