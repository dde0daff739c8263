import { Module } from '@nestjs/common';
import { SessionModule } from 'nestjs-sessions';
import { LanguageController } from './language.controller.js';

@Module({
  imports: [
    SessionModule.forRootAsync({
      useFactory: () => ({ lifetime: { idleTimeout: process.env.IDLE_TIMEOUT ?? '30m' } }),
    }),
  ],
  controllers: [LanguageController],
})
export class AppModule {}
