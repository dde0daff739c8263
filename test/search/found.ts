import { MINUTE, type Scenario } from './scenario.js';
import { plan } from './plans.js';
import type { RequestPlan } from './script.js';

/** What the search found, and the schedule that led there first. */
export interface Found {
  readonly what: string;
  readonly scenario: Scenario;
  readonly schedule: readonly string[];
}

export const FOUND: readonly Found[] = [
  {
    what: 'an increment counts twice when the session is renewed and shown while an answer is lost',
    scenario: scenario([plan('job'), plan('get', { process: 1 }), plan('get', { process: 1 })], {
      session: 'to be renewed',
      faults: 1,
      kinds: ['lost after'],
    }),
    schedule: [],
  },
  {
    what: 'an increment counts twice when one process writes a renewed key under two queues',
    scenario: scenario([plan('update'), plan('update twice'), plan('get', { process: 1 })], {
      session: 'to be renewed',
      faults: 1,
      kinds: ['lost after'],
    }),
    schedule: [],
  },
  {
    what: 'an increment counts twice when seventeen jobs follow one whose answer is lost',
    scenario: scenario([plan('job'), plan('jobs')], { faults: 1, kinds: ['lost after'] }),
    schedule: [],
  },
  {
    what: 'a login whose answer is lost locks the browser out',
    scenario: scenario([plan('login again', { isDelivered: false })], {}),
    schedule: [],
  },
  {
    what: 'a login that is saved before the handler fails locks the browser out',
    scenario: scenario([plan('login, then fail')], {}),
    schedule: [],
  },
  {
    what: 'a late touch moves the end of a session back',
    scenario: scenario([plan('get'), plan('get', { process: 1 })], {
      session: 'to be touched',
      faults: 2,
      kinds: ['late'],
      jumpsMs: [4 * MINUTE],
    }),
    schedule: [],
  },
  {
    what: 'half of what a handler changed is stored when its client leaves, although it fails',
    scenario: scenario([plan('leave')], {}),
    schedule: [],
  },
  {
    what: 'what is flashed for ann while bob signs in is his',
    scenario: scenario([plan('flash'), plan('login', { process: 1 })], {}),
    schedule: [],
  },
];

function scenario(requests: readonly RequestPlan[], rest: Partial<Scenario>): Scenario {
  const usual = { session: 'fresh', faults: 0, kinds: [], jumpsMs: [], skewsMs: [] } as const;
  return { ...usual, ...rest, requests };
}
