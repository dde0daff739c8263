import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { Session } from 'nestjs-sessions';

interface Shopper {
  items: string[];
}

@Controller('cart')
export class CartController {
  @Get()
  async show(@Session() session: Session<Shopper>) {
    return { items: (await session.get('items')) ?? [] };
  }

  @Post()
  async add(@Session() session: Session<Shopper>, @Body('item') item: string) {
    return { items: await session.update('items', (items = []) => [...items, item]) };
  }

  @Delete()
  @HttpCode(204)
  async leave(@Session() session: Session<Shopper>) {
    await session.destroy();
  }
}
