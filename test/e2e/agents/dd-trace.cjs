const { createRequire } = require('node:module');

Object.assign(process.env, {
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
  DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  DD_TRACE_AGENT_URL: 'unix:///nowhere/apm.socket',
  DD_TRACE_STARTUP_LOGS: 'false',
});
const tracer = createRequire(`${process.env.TEST_AGENTS}/`)('dd-trace').init();
globalThis.isTraced = () => tracer.scope().active() !== null;
