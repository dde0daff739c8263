import { describeSessionStore } from 'nestjs-sessions/testing';
import { MapSessionStore } from './map-session.store.js';

describeSessionStore({ describe, it, expect }, 'MapSessionStore', () => new MapSessionStore(), {
  time: 'system',
});
