import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { adapters } from '../../support/adapters.js';
import { succeed } from '../../support/command.js';

/** Where `.ci/test-beside-agents` has installed them. */
const folder = process.env.TEST_AGENTS;

const agents = [
  ['opentelemetry', '@opentelemetry/instrumentation-http'],
  ['dd-trace', 'dd-trace'],
  ['elastic-apm-node', 'elastic-apm-node'],
  ['newrelic', 'newrelic'],
] as const;

const program = resolve('dist-test/test/e2e/agents/compare.js');

if (!folder) console.warn('Skipped: tests beside agents, since TEST_AGENTS is not set.');

(folder ? describe : describe.skip).each(agents)('Traced by %s', (agent, name) => {
  const isInstalled = existsSync(join(folder ?? '/nowhere', 'node_modules', name));
  if (folder && !isInstalled) throw new Error(`TEST_AGENTS has no ${name}.`);

  it.each(adapters)(
    'an application on %s answers in all ways as without sessions',
    async (adapter) => {
      const prelude = resolve(`test/e2e/agents/${agent}.cjs`);
      const printed = await succeed('.', process.execPath, '--require', prelude, program, adapter);
      const { traced, untraced, differing } = JSON.parse(
        printed.slice(printed.indexOf('{"traced"')),
      );
      expect(differing).toEqual([]);
      expect({ untraced }).toEqual({ untraced: 0 });
      expect(traced).toBeGreaterThan(0);
    },
    60_000,
  );
});
