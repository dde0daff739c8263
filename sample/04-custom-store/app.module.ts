import { Controller, Get, Module } from '@nestjs/common';
import { Session, SessionModule } from 'nestjs-sessions';
import { MapSessionStore } from './map-session.store.js';

@Controller()
class CounterController {
  @Get()
  async count(@Session() session: Session<{ visits: number }>) {
    return { visits: await session.update('visits', (visits = 0) => visits + 1) };
  }
}

/** Given as a class, the store is built by Nest, which would inject what its constructor asks for. */
@Module({
  imports: [SessionModule.forRoot({ store: MapSessionStore })],
  controllers: [CounterController],
})
export class AppModule {}
