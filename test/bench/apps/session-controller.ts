import { Controller, Get, type Type } from '@nestjs/common';
import { type Answer, answer, PROFILE, type Visit } from './answers.js';

/** The part of a session that the handlers use. */
export interface VisitSession {
  get<K extends keyof Visit>(key: K): Promise<Visit[K] | undefined>;
  set<K extends keyof Visit>(key: K, value: Visit[K]): void;
  rotate(): void;
}

/** The handlers of whoever hands the session over by a decorator. */
export function sessionController(Session: () => ParameterDecorator): Type {
  @Controller()
  class SessionController {
    @Get('untouched')
    untouched(): Answer {
      return answer('hello');
    }

    @Get('read')
    async read(@Session() session: VisitSession): Promise<Answer> {
      return answer((await session.get('profile'))?.name);
    }

    @Get('write')
    async write(@Session() session: VisitSession): Promise<Answer> {
      const visits = ((await session.get('visits')) ?? 0) + 1;
      session.set('visits', visits);
      return answer(visits);
    }

    @Get('login')
    async login(@Session() session: VisitSession): Promise<Answer> {
      session.rotate();
      session.set('user', 'ada');
      return answer('ada');
    }

    @Get('new')
    visitNew(@Session() session: VisitSession): Answer {
      session.set('profile', PROFILE);
      return answer('welcome');
    }
  }
  return SessionController;
}
