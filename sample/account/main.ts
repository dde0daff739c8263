import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { pageHeaders } from './web/page-headers.js';

export const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  logger: ['error', 'warn'],
});
app.disable('x-powered-by');
app.useStaticAssets(fileURLToPath(new URL('public', import.meta.url)));
app.use(pageHeaders);
await app.listen(process.env.PORT ?? 3000, 'localhost');

const { port } = new URL(await app.getUrl());
console.log(`Listening on http://localhost:${port}/`);
