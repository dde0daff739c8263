import type { DynamicModule, INestApplication } from '@nestjs/common';
import type { Place } from '../place.js';
import type { Adapter, App } from '../subjects.js';
import { bareApp } from './bare.js';
import { ourApp } from './ours.js';
import { peerApp } from './peer.js';

/** One app, ready to be created on an adapter. */
export interface BenchApp {
  readonly module: DynamicModule;
  /** Adds what is no part of a module. */
  use?(app: INestApplication): Promise<void>;
}

export async function benchApp(app: App, adapter: Adapter, place: Place): Promise<BenchApp> {
  switch (app) {
    case 'bare':
      return bareApp;
    case 'ours':
      return ourApp(place);
    case 'peer':
      return peerApp(adapter, place);
    case 'by-hand':
      return (await import('./by-hand.js')).appByHand(place, false);
    case 'by-hand-pipelined':
      return (await import('./by-hand.js')).appByHand(place, true);
  }
}
