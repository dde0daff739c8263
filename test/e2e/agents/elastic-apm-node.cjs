const { createRequire } = require('node:module');

const apm = createRequire(`${process.env.TEST_AGENTS}/`)('elastic-apm-node').start({
  serviceName: 'matrix',
  disableSend: true,
  centralConfig: false,
  cloudProvider: 'none',
  logLevel: 'off',
});
globalThis.isTraced = () => apm.currentTransaction !== null;
