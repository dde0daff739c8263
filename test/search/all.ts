import { explore } from './explorer.js';
import { scenariosOf } from './scenarios.js';
Error.stackTraceLimit = 0;
const cpu = process.cpuUsage();
const faults = Number(process.argv[2] ?? 0);
const only = process.argv[3];
const fam = Number(process.argv[4] ?? -1),
  every = Number(process.argv[5] ?? 1);
let k0 = 0;
let [n, s, l] = [0, 0, 0];
const kinds = new Map<string, string[]>();
for (const scenario of scenariosOf(faults === 0 ? 'quick' : faults === 1 ? 'ci' : 'full')
  .at(fam)!
  .scenarios()) {
  if (k0++ % every) continue;
  if (only && !new RegExp(only).test(scenario.name)) continue;
  const r = await explore({
    ...scenario,
    kinds: scenario.kinds.filter((kind) => kind !== process.env.WITHOUT),
  });
  n++;
  s += r.states;
  l += r.schedules;
  for (const f of r.findings) {
    const k = kinds.get(f.breach) ?? [];
    kinds.set(f.breach, k);
    if (k.length < 3) console.log(f.breach, '|', scenario.name, '|', f.schedule.join(', '));
    k.push(`${scenario.name}: ${f.schedule.join(', ')}`);
  }
}
for (const [k, v] of kinds) {
  console.log(`\n== ${k}: ${v.length}`);
  for (const x of v.toSorted((a, b) => a.length - b.length).slice(0, 0)) console.log('  ', x);
}
console.log(
  n,
  'scenarios',
  l,
  'schedules',
  s,
  'states',
  (process.cpuUsage(cpu).user / 1e6).toFixed(1),
  's cpu',
);
