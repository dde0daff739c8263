import { Controller, Get, Module } from '@nestjs/common';
import { Session, SessionModule } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { type Answer, answer, PROFILE, type Visit } from './answers.js';

@Controller()
class OurController {
  @Get('untouched')
  untouched(): Answer {
    return answer('hello');
  }

  @Get('read')
  async read(@Session() session: Session<Visit>): Promise<Answer> {
    return answer((await session.get('profile'))?.name);
  }

  @Get('write')
  async write(@Session() session: Session<Visit>): Promise<Answer> {
    const visits = ((await session.get('visits')) ?? 0) + 1;
    session.set('visits', visits);
    return answer(visits);
  }

  @Get('login')
  async login(@Session() session: Session<Visit>): Promise<Answer> {
    session.rotate();
    session.set('user', 'ada');
    return answer('ada');
  }

  @Get('new')
  visitNew(@Session() session: Session<Visit>): Answer {
    session.set('profile', PROFILE);
    return answer('welcome');
  }
}

@Module({
  imports: [
    SessionModule.forRoot({
      cookie: { secure: false },
      store: new MemorySessionStore({ maxSessions: 10_000_000, maxBytes: 4 * 1024 ** 3 }),
    }),
  ],
  controllers: [OurController],
})
export class OurModule {}
