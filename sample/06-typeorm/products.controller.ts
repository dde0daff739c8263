import { Controller, Get, Param } from '@nestjs/common';
import { Session } from 'nestjs-sessions';

interface Visitor {
  seen: string[];
}

@Controller('products')
export class ProductsController {
  @Get()
  async seen(@Session() session: Session<Visitor>) {
    return { seen: (await session.get('seen')) ?? [] };
  }

  @Get(':name')
  async show(@Session() session: Session<Visitor>, @Param('name') name: string) {
    return { name, seen: await session.update('seen', (seen = []) => [...seen, name].slice(-5)) };
  }
}
