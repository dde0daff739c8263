import { MemorySessionStore } from 'nestjs-sessions/memory';
import { describeFourAtOnce, fourRequests } from '../../support/describe-four-at-once.js';

describeFourAtOnce('MemorySessionStore', () => fourRequests(new MemorySessionStore()));
