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
    schedule: [
      'A starts',
      'A load k1',
      'A save k1: lost after',
      'B starts',
      'B load k1',
      'B create B1 happens',
      'B create B1: its answer',
      'B save k1 happens',
      'B save k1: its answer',
      'C starts',
      'C load B1',
      'C save k1',
      'A load k1',
      'C save B1',
      'A load k1',
      'A load B1',
      'A save B1',
    ],
  },
  {
    what: 'an increment counts twice when one process writes a renewed key under two queues',
    scenario: scenario([plan('update'), plan('update twice'), plan('get', { process: 1 })], {
      session: 'to be renewed',
      faults: 1,
      kinds: ['lost after'],
    }),
    schedule: [
      'A starts',
      'A load k1',
      'A create A1 happens',
      'A create A1: its answer',
      'C starts',
      'C load k1',
      'C create C1',
      'C save k1',
      'A save k1 happens',
      'A save k1: its answer',
      'A delete A1 happens',
      'A delete A1: its answer',
      'A load k1',
      'A load C1',
      'A save C1: lost after',
      'B starts',
      'B load C1',
      'B save k1 happens',
      'B save k1: its answer',
      'B save C1 happens',
      'B save C1: its answer',
      'B save C1 happens',
      'A load C1',
      'B save C1: its answer',
      'A load C1',
      'A save C1',
    ],
  },
  {
    what: 'an increment counts twice when seventeen jobs follow one whose answer is lost',
    scenario: scenario([plan('job'), plan('jobs')], { faults: 1, kinds: ['lost after'] }),
    schedule: [
      'A starts',
      'A load k1',
      'A save k1: lost after',
      'B starts',
      'A load k1',
      'A load k1',
      'A save k1',
    ],
  },
  {
    what: 'a login whose answer is lost locks the browser out',
    scenario: scenario([plan('login again', { isDelivered: false })], {}),
    schedule: ['A starts', 'A load k1', 'A create A1', 'A save k1'],
  },
  {
    what: 'a login that is saved before the handler fails locks the browser out',
    scenario: scenario([plan('login, then fail')], {}),
    schedule: ['A starts', 'A load k1', 'A create A1', 'A save k1'],
  },
  {
    what: 'a late touch moves the end of a session back',
    scenario: scenario([plan('get'), plan('get', { process: 1 })], {
      session: 'to be touched',
      faults: 2,
      kinds: ['late'],
      jumpsMs: [4 * MINUTE],
    }),
    schedule: [
      'A starts',
      'A load k1',
      'A touch k1',
      '240 s pass',
      'B starts',
      'B load k1',
      '240 s pass',
      'B touch k1 (2)',
      'B touch k1',
    ],
  },
  {
    what: 'a save that takes effect after a touch moves the end of a session back',
    scenario: scenario([plan('set'), plan('get', { process: 1 })], {
      session: 'to be touched',
      faults: 2,
      kinds: ['late'],
      jumpsMs: [4 * MINUTE],
    }),
    schedule: [
      'A starts',
      'A load k1',
      'B starts',
      'B load k1',
      '240 s pass',
      'B touch k1',
      'B touch k1',
      'A save k1',
    ],
  },
  {
    what: 'half of what a handler changed is stored when its client leaves, although it fails',
    scenario: scenario([plan('leave')], {}),
    schedule: ['A starts', 'the client of A leaves', 'A load k1', 'A save k1', 'A goes on'],
  },
  {
    what: 'what is flashed for ann while bob signs in is his',
    scenario: scenario([plan('flash'), plan('login', { process: 1 })], {}),
    schedule: [
      'A starts',
      'A load k1',
      'B starts',
      'B load k1',
      'A save k1',
      'B create B1',
      'B save k1',
      'B delete B1',
      'B load k1',
      'B create B5',
      'B save k1',
    ],
  },
];

function scenario(requests: readonly RequestPlan[], rest: Partial<Scenario>): Scenario {
  const usual = { session: 'fresh', faults: 0, kinds: [], jumpsMs: [], skewsMs: [] } as const;
  return { ...usual, ...rest, requests };
}
