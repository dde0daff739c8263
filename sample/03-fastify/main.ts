import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

export const app = await NestFactory.create<NestFastifyApplication>(
  AppModule,
  new FastifyAdapter(),
  {
    logger: ['error', 'warn'],
  },
);
await app.listen(process.env.PORT ?? 3000, 'localhost');

const { port } = new URL(await app.getUrl());
console.log(`Listening on http://localhost:${port}/`);
