import { Controller, Get } from '@nestjs/common';
import { type Answer, answer } from './answers.js';
import type { BenchApp } from './bench-app.js';

@Controller()
class BareController {
  @Get('untouched')
  untouched(): Answer {
    return answer('hello');
  }

  @Get('read')
  async read(): Promise<Answer> {
    return answer('Ada Lovelace');
  }

  @Get('write')
  async write(): Promise<Answer> {
    return answer(1);
  }

  @Get('login')
  async login(): Promise<Answer> {
    return answer('ada');
  }

  @Get('new')
  visitNew(): Answer {
    return answer('welcome');
  }
}

class BareModule {}

export const bareApp: BenchApp = {
  module: { module: BareModule, controllers: [BareController] },
};
