import { explore, replay } from './explorer.js';
import { FOUND } from './found.js';
Error.stackTraceLimit = 0;
for (const { what, scenario } of FOUND) {
  const cpu = process.cpuUsage();
  const r = await explore(scenario);
  console.log(
    `\n${what}: ${r.schedules} schedules, ${r.states} states, ${r.pruned} pruned, ${(process.cpuUsage(cpu).user / 1e6).toFixed(1)} s cpu`,
  );
  for (const f of r.findings)
    console.log(
      '  ',
      f.breach,
      '| tried',
      f.tried,
      '|',
      JSON.stringify(f.schedule),
      '| replay',
      JSON.stringify(await replay(scenario, f.schedule)),
    );
}
