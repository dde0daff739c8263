import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

export const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(process.env.PORT ?? 3000, 'localhost');

const { port } = new URL(await app.getUrl());
console.log(`Listening on http://localhost:${port}/`);
