import { explore } from './explorer.js';
import { scenariosOf } from './scenarios.js';
Error.stackTraceLimit = 0;
const [wanted, family = '0', without] = process.argv.slice(2);
for (const s of scenariosOf('full')[Number(family)]!.scenarios()) {
  if (s.name !== wanted) continue;
  const cpu = process.cpuUsage();
  const r = await explore({ ...s, kinds: s.kinds.filter((k) => k !== without) });
  const sec = process.cpuUsage(cpu).user / 1e6;
  console.log(
    s.name,
    r.schedules,
    r.states,
    r.pruned,
    `${sec.toFixed(1)} s cpu`,
    `${((r.schedules + r.pruned) / sec).toFixed(0)}/s`,
  );
  for (const f of r.findings) console.log('  ', f.breach, f.tried, f.schedule.join(', '));
}
