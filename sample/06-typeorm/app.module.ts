import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionModule } from 'nestjs-sessions';
import {
  AddPurgeTime1795305600000,
  CreateSessions1795219200000,
  TypeOrmSessionStore,
} from 'nestjs-sessions/typeorm';
import { ProductsController } from './products.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres',
      migrations: [CreateSessions1795219200000, AddPurgeTime1795305600000],
      migrationsRun: true,
      retryAttempts: 0,
    }),
    SessionModule.forRoot({ store: TypeOrmSessionStore }),
  ],
  controllers: [ProductsController],
})
export class AppModule {}
