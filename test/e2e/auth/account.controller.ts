import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import { Session, Sessions } from 'nestjs-sessions';
import {
  CurrentUser,
  RequirePermission,
  SessionAuthGuard,
  SignedIn,
  signIn,
  type SignInOptions,
  signOut,
} from 'nestjs-sessions/auth';
import { type Account, Accounts } from './accounts.js';

@Injectable()
class BecomeBob implements CanActivate {
  constructor(
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Accounts) private readonly accounts: Accounts,
  ) {}

  async canActivate(context: ExecutionContext) {
    const bob = this.accounts.all.get('bob')!;
    await signIn(this.sessions.of(context), bob, { credentialsStamp: bob.passwordHash });
    return true;
  }
}

type Visitor = Session<{ cart: readonly string[] }>;

@Controller()
export class AccountController {
  constructor(@Inject(Accounts) private readonly accounts: Accounts) {}

  @Post('cart')
  fill(@Session() session: Visitor) {
    session.set('cart', ['tea']);
    session.flash('notice', 'added');
  }

  @Get('cart')
  async show(@Session() session: Visitor) {
    return { ...(await session.all()), notices: await session.takeFlash('notice') };
  }

  @Post('sign-in/:id')
  async signIn(
    @Session() session: Visitor,
    @Param('id') id: string,
    @Body() options: SignInOptions | undefined,
  ) {
    const account = this.accounts.all.get(id)!;
    await signIn(session, account, { credentialsStamp: account.passwordHash, ...options });
  }

  @Post('sign-in-without-stamp/:id')
  async signInWithoutStamp(@Session() session: Visitor, @Param('id') id: string) {
    await signIn(session, id);
  }

  @Post('sign-out')
  async signOut(@Session() session: Visitor) {
    await signOut(session);
  }

  @Post('password')
  @SignedIn()
  async changePassword(@Session() session: Visitor, @CurrentUser() account: Account) {
    const passwordHash = 'another hash';
    await signIn(session, account, { credentialsStamp: passwordHash });
    await session.save();
    await this.accounts.beforeStoring();
    account.passwordHash = passwordHash;
  }

  @Get('greeting')
  greet(@CurrentUser() account: Account | undefined) {
    return { hello: account?.name ?? 'stranger' };
  }

  @Get('greeting-of-bob')
  @UseGuards(SessionAuthGuard, BecomeBob)
  greetBob(@CurrentUser() account: Account) {
    return { hello: account.name };
  }

  @Get('greeting/:id')
  async switchTo(
    @CurrentUser() before: Account | undefined,
    @Session() session: Visitor,
    @Param('id') id: string,
  ) {
    await signIn(session, id, { credentialsStamp: this.accounts.all.get(id)!.passwordHash });
    return { before: before?.name };
  }
}

@Controller('orders')
@SignedIn()
export class OrdersController {
  @Get()
  list(@CurrentUser() account: Account, @CurrentUser() again: Account) {
    return { name: account.name, isSame: account === again };
  }

  @Post()
  order() {}

  @Get('all')
  @RequirePermission('orders.read')
  all() {
    return 'all';
  }

  @Get('exported')
  @RequirePermission('orders.read')
  @RequirePermission('orders.export')
  exported(@CurrentUser() account: Account) {
    return account.name;
  }
}

@Controller('admin')
@RequirePermission('admin')
export class AdminController {
  @Get()
  show() {
    return 'admin';
  }

  @Get('logs')
  @RequirePermission('logs.read', 'logs.search')
  @UseGuards(SessionAuthGuard)
  logs() {
    return 'logs';
  }
}

export const controllers = [AccountController, OrdersController, AdminController];
