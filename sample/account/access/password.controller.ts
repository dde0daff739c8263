import { Body, Controller, Get, HttpStatus, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Session, Sessions } from 'nestjs-sessions';
import { CurrentUser, signIn } from 'nestjs-sessions/auth';
import { z } from 'zod';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { readForm } from '../web/form.js';
import type { VisitData } from '../web/visit.js';
import { newPassword, presentPassword } from './credentials.js';
import { passwordPage } from './password.page.js';

const change = z.object({ present: presentPassword, next: newPassword });

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
    if (values && (await this.users.isPasswordOf(user, values.present))) {
      const ended = await this.#change(session, await this.users.withPassword(user, values.next));
      const others = ended === 1 ? '1 other device is' : `${ended} other devices are`;
      session.flash('notice', `Your password is changed, and ${others} signed out.`);
      return response.redirect(HttpStatus.SEE_OTHER, '/devices');
    }
    const wrong = errors ?? { present: 'This is not your present password.' };
    return response
      .status(HttpStatus.UNPROCESSABLE_ENTITY)
      .send(await passwordPage({ session, user }, wrong));
  }

  /**
   * This session goes on, under a new id and with the stamp of the new password. It has both before the user does, so
   * that no other request of it ends it in between. Resolves to how many others were ended.
   */
  async #change(session: Session<VisitData>, user: User): Promise<number> {
    await signIn(session, user, { stamp: user.passwordHash });
    await session.save();
    await this.users.store(user);
    return this.sessions.revokeAll(user.id, { except: session });
  }
}
