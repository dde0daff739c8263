import { explore } from './explorer.js';
import { pairs } from './scenarios.js';
Error.stackTraceLimit = 0;
const cpu = process.cpuUsage();
const faults = Number(process.argv[2] ?? 0);
const only = process.argv[3];
let [n, s, l] = [0, 0, 0];
const kinds = new Map<string, string[]>();
for (const scenario of pairs(faults)) {
  if (only && !scenario.name.includes(only)) continue;
  const r = await explore(scenario);
  n++; s += r.states; l += r.schedules;
  for (const f of r.findings) { const k = kinds.get(f.breach) ?? []; kinds.set(f.breach, k); k.push(`${scenario.name}: ${f.schedule.join(', ')}`); }
}
for (const [k, v] of kinds) { console.log(`\n== ${k}: ${v.length}`); for (const x of v.toSorted((a, b) => a.length - b.length).slice(0, Number(process.argv[4] ?? 8))) console.log('  ', x); }
console.log(n, 'scenarios', l, 'schedules', s, 'states', (process.cpuUsage(cpu).user / 1e6).toFixed(1), 's cpu');
