import { Module } from '@nestjs/common';
import { SessionModule } from 'nestjs-sessions';
import { CounterController } from './counter.controller.js';

@Module({
  imports: [SessionModule.forRoot()],
  controllers: [CounterController],
})
export class AppModule {}
