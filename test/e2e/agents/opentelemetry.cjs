const { createRequire } = require('node:module');

const load = createRequire(`${process.env.TEST_AGENTS}/`);
const { trace } = load('@opentelemetry/api');
const { registerInstrumentations } = load('@opentelemetry/instrumentation');
const { HttpInstrumentation } = load('@opentelemetry/instrumentation-http');
const { NodeTracerProvider } = load('@opentelemetry/sdk-trace-node');

new NodeTracerProvider().register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });
globalThis.isTraced = () => trace.getActiveSpan() !== undefined;
