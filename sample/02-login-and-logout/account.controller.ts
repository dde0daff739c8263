import {
  Body,
  Controller,
  Get,
  HttpCode,
  Post,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { SignedInGuard } from './signed-in.guard.js';
import { UsersService } from './users.service.js';

interface Visitor {
  cart: readonly string[];
}

@Controller()
export class AccountController {
  constructor(private readonly users: UsersService) {}

  @Post('cart')
  async add(@Session() session: Session<Visitor>, @Body('item') item: string) {
    return { cart: await session.update('cart', (cart = []) => [...cart, item]) };
  }

  /** The cart of the anonymous visitor comes along; the id does not. */
  @Post('login')
  @HttpCode(200)
  login(
    @Session() session: Session<Visitor>,
    @Body('name') name: string,
    @Body('password') password: string,
  ) {
    const userId = this.users.check(name, password);
    if (userId === undefined) throw new UnauthorizedException();
    session.rotate();
    session.userId = userId;
    return { welcome: name };
  }

  @Get('me')
  @UseGuards(SignedInGuard)
  async me(@Session() session: Session<Visitor>) {
    return { userId: session.userId, cart: await session.get('cart') };
  }

  @Post('logout')
  @HttpCode(204)
  async logout(@Session() session: Session) {
    await session.destroy();
  }
}
