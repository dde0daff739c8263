import { Body, Controller, Get, HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Session } from 'nestjs-sessions';
import { CurrentUser, safeRedirectPath } from 'nestjs-sessions/auth';
import { z } from 'zod';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { readForm, sentText } from '../web/form.js';
import { Public } from '../web/private-by-default.guard.js';
import type { VisitData } from '../web/visit.js';
import { currentPassword, userName } from './credentials.js';
import { signInPage } from './sign-in.page.js';
import { welcome } from './welcome.js';

const credentials = z.object({ name: userName, password: currentPassword });

@Controller('sign-in')
@Public()
export class SignInController {
  constructor(private readonly users: UsersService) {}

  @Get()
  show(
    @Session() session: Session<VisitData>,
    @CurrentUser() user: User | undefined,
    @Query() { next, first }: Record<string, unknown>,
  ) {
    const wasSent = first !== undefined;
    return signInPage({ session, user }, { next: safeRedirectPath(next), wasSent });
  }

  @Post()
  async signIn(
    @Session() session: Session<VisitData>,
    @Body() body: Record<string, unknown>,
    @Req() request: Request,
    @Res() response: Response,
  ) {
    const next = safeRedirectPath(body['next']);
    const { values, errors } = readForm(credentials, body);
    const user = values && (await this.users.check(values.name, values.password));
    if (user) {
      await welcome(session, user, request);
      session.flash('notice', `You are signed in as ${user.name}.`);
      return response.redirect(HttpStatus.SEE_OTHER, next);
    }
    const wrong = errors ?? { password: 'Wrong name or password.' };
    const attempt = { next, name: sentText(body['name']), errors: wrong };
    return response
      .status(HttpStatus.UNPROCESSABLE_ENTITY)
      .send(await signInPage({ session, user }, attempt));
  }
}
