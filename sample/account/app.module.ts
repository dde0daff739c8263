import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionModule } from 'nestjs-sessions';
import { CsrfGuard, SessionAuthModule } from 'nestjs-sessions/auth';
import { DevicesController } from './access/devices.controller.js';
import { PasswordController } from './access/password.controller.js';
import { SignInController } from './access/sign-in.controller.js';
import { SignOutController } from './access/sign-out.controller.js';
import { SignUpController } from './access/sign-up.controller.js';
import { database, sessionStore } from './database.js';
import { CartController } from './shop/cart.controller.js';
import { ShopController } from './shop/shop.controller.js';
import { UsersModule } from './users/users.module.js';
import { UsersService } from './users/users.service.js';
import { ErrorPages } from './web/error-pages.filter.js';
import { PrivateByDefaultGuard } from './web/private-by-default.guard.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(database),
    SessionModule.forRoot({ store: sessionStore }),
    SessionAuthModule.forRoot({
      users: { useExisting: UsersService },
      imports: [UsersModule],
      redirectTo: '/sign-in?first',
    }),
    UsersModule,
  ],
  controllers: [
    ShopController,
    CartController,
    SignInController,
    SignUpController,
    SignOutController,
    DevicesController,
    PasswordController,
  ],
  providers: [
    // In this order: a form of an ended session leads to the sign-in page, not to an error about its token.
    { provide: APP_GUARD, useClass: PrivateByDefaultGuard },
    { provide: APP_GUARD, useClass: CsrfGuard },
    { provide: APP_FILTER, useClass: ErrorPages },
  ],
})
export class AppModule {}
