import { Session, SessionModule } from 'nestjs-sessions';
import type { Place } from '../place.js';
import { benchStore } from '../stores/bench-store.js';
import type { BenchApp } from './bench-app.js';
import { sessionController } from './session-controller.js';

class OurModule {}

export async function ourApp(place: Place): Promise<BenchApp> {
  const store = (await benchStore(place.store)).ours(place);
  return {
    module: {
      module: OurModule,
      imports: [SessionModule.forRoot({ cookie: { secure: false }, store })],
      controllers: [sessionController(Session)],
    },
  };
}
