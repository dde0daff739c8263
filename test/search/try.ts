import { FAULTS } from './calls.js';
import { explore } from './explorer.js';
import { SCRIPTS, type ScriptName } from './vocabulary.js';
const [a, b, p = '0', faults = '1', session = 'fresh', jumps = '', pa = '1', lost = ''] =
  process.argv.slice(2);
Error.stackTraceLimit = 0;
const cpu = process.cpuUsage();
const names = [a, ...(b ? b.split(',') : [])];
const result = await explore({
  requests: names.map((name, i) => ({
    script:
      name === 'job' || name === 'jobs'
        ? { commands: [name as 'job'] }
        : SCRIPTS[name as ScriptName],
    process: i === 0 ? 0 : Number(p),
    presents: 'cookie',
    isDelivered: !lost.includes(String(i)),
  })),
  session: session as 'fresh',
  faults: Number(faults),
  kinds: FAULTS,
  jumpsMs: jumps ? jumps.split(',').map(Number) : [],
  skewsMs: [],
});
const ms = process.cpuUsage(cpu).user / 1000;
console.log(
  result.schedules,
  result.states,
  result.pruned,
  `${ms.toFixed(0)} ms`,
  `${(((result.schedules + result.pruned) / ms) * 1000).toFixed(0)} runs/s`,
);
for (const f of result.findings) console.log(f.breach, f.tried, JSON.stringify(f.schedule));
