import { spawnSync } from 'node:child_process';

describe('describeSessionStore on node:test', () => {
  it('runs its tests there', () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        '--import',
        './test/support/workers/typescript.mjs',
        '--test-reporter=tap',
        'test/testing/on-node-test.ts',
      ],
      { env, encoding: 'utf8' },
    );
    expect(stdout).toMatch(/^# pass [1-9]\d+$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(status).toBe(0);
  });
});
