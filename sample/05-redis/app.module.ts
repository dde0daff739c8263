import { Module } from '@nestjs/common';
import { SessionModule } from 'nestjs-sessions';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { BasketController } from './basket.controller.js';

const { REDIS_HOST: host = 'localhost', REDIS_PORT: port = '6379' } = process.env;

/** A factory, so that nothing connects before Nest builds the store, which closes its client with the application. */
@Module({
  imports: [
    SessionModule.forRoot({
      store: {
        useFactory: () =>
          new RedisSessionStore({ client: { host, port: Number(port) }, namespace: 'sample-05' }),
      },
    }),
  ],
  controllers: [BasketController],
})
export class AppModule {}
