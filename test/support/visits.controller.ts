import { Controller, Get, Post } from '@nestjs/common';
import { Session } from 'nestjs-sessions';

/** What an application does with sessions, one route each. */
@Controller()
export class VisitsController {
  @Get()
  async count(@Session() session: Session<{ visits: number }>) {
    return { visits: await session.update('visits', (visits = 0) => visits + 1) };
  }

  @Get('read')
  async read(@Session() session: Session<{ visits: number }>) {
    return { visits: (await session.get('visits')) ?? 0 };
  }

  @Get('untouched')
  untouched() {
    return { visits: 'not looked at' };
  }

  @Post('login')
  login(@Session() session: Session) {
    session.rotate();
    session.userId = 'user-1';
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.destroy();
  }
}
