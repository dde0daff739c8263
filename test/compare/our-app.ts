import { Controller, Get, Param, Redirect } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Session, SessionModule } from 'nestjs-sessions';
import { moduleOf } from '../support/app.js';
import { Gate } from './gate.js';
import { OurStore } from './our-store.js';
import { type Running, runningOn } from './running.js';
import type { SlowStore } from './slow-store.js';

type Visitor = Session<Record<string, number>>;

function controllerWith(gate: Gate) {
  @Controller()
  class OurController {
    @Get('set/:key')
    set(@Session() session: Visitor, @Param('key') key: string) {
      session.set(key, 1);
      return 'done';
    }

    @Get('increment')
    async increment(@Session() session: Visitor) {
      await session.update('count', (count = 0) => count + 1);
      return 'done';
    }

    @Get('slow-write')
    async slowWrite(@Session() session: Visitor) {
      await session.load();
      gate.isReached.open();
      await gate.isOpen.reached;
      session.set('late', 1);
      return 'done';
    }

    @Get('logout')
    async logout(@Session() session: Visitor) {
      await session.destroy();
      return 'done';
    }

    @Get('redirect')
    @Redirect('/all')
    redirect(@Session() session: Visitor) {
      session.set('flash', 1);
    }

    @Get('all')
    async all(@Session() session: Visitor) {
      return session.all();
    }
  }
  return OurController;
}

export async function ourApp(adapter: AbstractHttpAdapter, store: SlowStore): Promise<Running> {
  const gate = new Gate();
  const imports = [
    SessionModule.forRoot({ cookie: { secure: false }, store: new OurStore(store) }),
  ];
  const module = moduleOf({ imports, controllers: [controllerWith(gate)] });
  return runningOn(adapter, module, gate);
}
