const { createRequire } = require('node:module');

Object.assign(process.env, {
  NEW_RELIC_APP_NAME: 'matrix',
  NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
  NEW_RELIC_LOG_ENABLED: 'false',
  // Collects without a collector.
  NEW_RELIC_SERVERLESS_MODE_ENABLED: 'true',
});
const newrelic = createRequire(`${process.env.TEST_AGENTS}/`)('newrelic');
globalThis.isTraced = () => Boolean(newrelic.agent.tracer.getTransaction());
