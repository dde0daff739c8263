import { spawnSync } from 'node:child_process';
import { compiled } from '../support/workers/worker-processes.js';

describe('describeSessionStore on node:test', () => {
  it('runs its tests there', () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--test-reporter=tap', compiled('test/testing/on-node-test.ts')],
      { env, encoding: 'utf8' },
    );
    expect(stdout).toMatch(/^# pass [1-9]\d+$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(status).toBe(0);
  });
});
