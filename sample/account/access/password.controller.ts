import { Body, Controller, Get, HttpStatus, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Session, Sessions } from 'nestjs-sessions';
import { CurrentUser, signIn } from 'nestjs-sessions/auth';
import { z } from 'zod';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { readForm } from '../web/form.js';
import type { VisitData } from '../web/visit.js';
import { currentPassword, newPassword } from './credentials.js';
import { passwordPage } from './password.page.js';

const change = z.object({ current: currentPassword, next: newPassword });

@Controller('password')
export class PasswordController {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: Sessions,
  ) {}

  @Get()
  show(@Session() session: Session<VisitData>, @CurrentUser() user: User) {
    return passwordPage({ session, user });
  }

  @Post()
  async change(
    @Session() session: Session<VisitData>,
    @CurrentUser() user: User,
    @Body() body: unknown,
    @Res() response: Response,
  ) {
    const { values, errors } = readForm(change, body);
    if (values && (await this.users.isPasswordOf(user, values.current))) {
      const ended = await this.#change(session, await this.users.withPassword(user, values.next));
      session.flash('notice', noticeOf(ended));
      return response.redirect(HttpStatus.SEE_OTHER, '/devices');
    }
    const wrong = errors ?? { current: 'This is not your current password.' };
    return response
      .status(HttpStatus.UNPROCESSABLE_ENTITY)
      .send(await passwordPage({ session, user }, wrong));
  }

  /**
   * Keeps this session, with a new id and the stamp of the new password. The session is saved before the user, since a
   * concurrent request of it would otherwise find an old stamp and end it. Resolves to the number of other sessions
   * ended.
   */
  async #change(session: Session<VisitData>, user: User): Promise<number> {
    await signIn(session, user, { credentialsStamp: user.passwordHash });
    await session.save();
    await this.users.store(user);
    return this.sessions.revokeAll(user.id, { except: session });
  }
}

function noticeOf(ended: number): string {
  if (ended === 0) return 'Your password has been changed.';
  const others = ended === 1 ? '1 other device has' : `${ended} other devices have`;
  return `Your password has been changed, and ${others} been signed out.`;
}
