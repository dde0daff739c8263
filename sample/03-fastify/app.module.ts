import { Module } from '@nestjs/common';
import { type Duration, SessionModule } from 'nestjs-sessions';
import { LanguageController } from './language.controller.js';

@Module({
  imports: [
    SessionModule.forRootAsync({
      useFactory: () => {
        const { IDLE_TIMEOUT = '30m' } = process.env;
        return { lifetime: { idleTimeout: IDLE_TIMEOUT as Duration } };
      },
    }),
  ],
  controllers: [LanguageController],
})
export class AppModule {}
