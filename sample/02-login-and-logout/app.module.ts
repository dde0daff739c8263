import { Module } from '@nestjs/common';
import { SessionModule } from 'nestjs-sessions';
import { SessionAuthModule } from 'nestjs-sessions/auth';
import { AccountController } from './account.controller.js';
import { Users } from './users.js';
import { UsersModule } from './users.module.js';

@Module({
  imports: [
    UsersModule,
    SessionModule.forRoot({ lifetime: { idleTimeout: '15m', absoluteLifetime: '8h' } }),
    SessionAuthModule.forRoot({ users: { useExisting: Users }, imports: [UsersModule] }),
  ],
  controllers: [AccountController],
})
export class AppModule {}
