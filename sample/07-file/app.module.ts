import { Module } from '@nestjs/common';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionModule } from 'nestjs-sessions';
import { FileSessionStore } from 'nestjs-sessions/file';
import { CartController } from './cart.controller.js';

const directory = process.env.SESSION_DIRECTORY ?? join(tmpdir(), 'nestjs-sessions-07-file');

@Module({
  imports: [SessionModule.forRoot({ store: new FileSessionStore({ directory }) })],
  controllers: [CartController],
})
export class AppModule {}
