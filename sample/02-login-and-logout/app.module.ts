import { Module } from '@nestjs/common';
import { SessionModule } from 'nestjs-sessions';
import { AccountController } from './account.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [SessionModule.forRoot({ lifetime: { idleTimeout: '15m', absoluteLifetime: '8h' } })],
  controllers: [AccountController],
  providers: [UsersService],
})
export class AppModule {}
