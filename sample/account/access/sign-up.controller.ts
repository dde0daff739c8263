import { Body, Controller, Get, HttpStatus, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Session } from 'nestjs-sessions';
import { CurrentUser } from 'nestjs-sessions/auth';
import { z } from 'zod';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { readForm, sentText } from '../web/form.js';
import { Public } from '../web/private-by-default.guard.js';
import type { VisitData } from '../web/visit.js';
import { newPassword, userName } from './credentials.js';
import { signUpPage } from './sign-up.page.js';
import { welcome } from './welcome.js';

const application = z.object({ name: userName, password: newPassword });

@Controller('sign-up')
@Public()
export class SignUpController {
  constructor(private readonly users: UsersService) {}

  @Get()
  show(@Session() session: Session<VisitData>, @CurrentUser() user: User | undefined) {
    return signUpPage({ session, user });
  }

  @Post()
  async signUp(
    @Session() session: Session<VisitData>,
    @Body() body: Record<string, unknown>,
    @Req() request: Request,
    @Res() response: Response,
  ) {
    const { values, errors } = readForm(application, body);
    const user = values && (await this.users.create(values.name, values.password));
    if (user) {
      await welcome(session, user, request);
      session.flash(
        'notice',
        `Welcome, ${user.name}. Your account is ready and you are signed in.`,
      );
      return response.redirect(HttpStatus.SEE_OTHER, '/');
    }
    const wrong = errors ?? { name: 'This name is already taken.' };
    return response
      .status(HttpStatus.UNPROCESSABLE_ENTITY)
      .send(await signUpPage({ session, user }, { name: sentText(body['name']), errors: wrong }));
  }
}
