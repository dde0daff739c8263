import { Controller, Get } from '@nestjs/common';
import { Session } from 'nestjs-sessions';

interface Visitor {
  visits: number;
}

@Controller()
export class CounterController {
  @Get()
  async count(@Session() session: Session<Visitor>) {
    return { visits: await session.update('visits', (visits = 0) => visits + 1) };
  }
}
