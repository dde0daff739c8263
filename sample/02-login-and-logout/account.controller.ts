import { Body, Controller, Get, HttpCode, Post, UnauthorizedException } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { CurrentUser, SignedIn, signIn, signOut } from 'nestjs-sessions/auth';
import { type User, Users } from './users.js';

interface Visitor {
  cart: readonly string[];
}

@Controller()
export class AccountController {
  constructor(private readonly users: Users) {}

  @Post('cart')
  async add(@Session() session: Session<Visitor>, @Body('item') item: string) {
    return { cart: await session.update('cart', (cart = []) => [...cart, item]) };
  }

  /** The cart of the anonymous visitor comes along; the id does not. */
  @Post('login')
  @HttpCode(200)
  async login(
    @Session() session: Session<Visitor>,
    @Body('name') name: string,
    @Body('password') password: string,
  ) {
    const user = this.users.check(name, password);
    if (!user) throw new UnauthorizedException('Wrong name or password.');
    await signIn(session, user, { credentialsStamp: this.users.stampOf(user) });
    return { welcome: user.name };
  }

  @Get('me')
  @SignedIn()
  async me(@CurrentUser() user: User, @Session() session: Session<Visitor>) {
    return { name: user.name, cart: await session.get('cart') };
  }

  /**
   * All other devices of the user are signed out. Here, the session goes first: a request beside this one would end it
   * that found a new password and the stamp of the old one.
   */
  @Post('password')
  @HttpCode(204)
  @SignedIn()
  async changePassword(
    @CurrentUser() user: User,
    @Session() session: Session<Visitor>,
    @Body('password') password: string,
  ) {
    const passwordHash = this.users.hashOf(password);
    await signIn(session, user, { credentialsStamp: this.users.stampOf({ passwordHash }) });
    await session.save();
    user.passwordHash = passwordHash;
  }

  @Post('logout')
  @HttpCode(204)
  async logout(@Session() session: Session) {
    await signOut(session);
  }
}
