import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Session } from 'nestjs-sessions';

interface Shopper {
  basket: Record<string, number>;
}

@Controller('basket')
export class BasketController {
  @Get()
  async show(@Session() session: Session<Shopper>) {
    return (await session.get('basket')) ?? {};
  }

  /** However many requests add at once, on however many servers: each of them counts. */
  @Post(':item')
  add(@Session() session: Session<Shopper>, @Param('item') item: string) {
    return session.update('basket', (basket = {}) => ({
      ...basket,
      [item]: (basket[item] ?? 0) + 1,
    }));
  }

  @Delete()
  @HttpCode(204)
  async leave(@Session() session: Session<Shopper>) {
    await session.destroy();
  }
}
