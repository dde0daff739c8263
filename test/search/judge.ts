import { onBehalfOf, UNDISTURBED } from './calls.js';
import { Evidence } from './evidence.js';
import type { Execution } from './execution.js';
import { judgeHistory } from './history-judge.js';
import type { Command } from './script.js';
import { SearchRequest } from './search-request.js';
import { judgeViews, type View } from './view-judge.js';

const QUIET_MS = 15_000;

/** What went against the guarantees in an execution that has come to its end. */
export async function judge(execution: Execution): Promise<readonly string[]> {
  const evidence = new Evidence(execution);
  judgeHistory(evidence);
  execution.time.jump(QUIET_MS);
  await onBehalfOf(UNDISTURBED, async () => {
    const views: View[] = [];
    for (const id of execution.ids) views.push(await look(execution, id));
    judgeViews(views, evidence);
    await judgeBrowser(evidence);
  });
  return [...new Set([...execution.verdicts.breaches, ...evidence.breaches])];
}

async function look(execution: Execution, id: string): Promise<View> {
  const { session } = visit(execution, ['get'], id);
  const data = await session.all();
  return { id: session.id, data, flashed: await session.takeFlash<number>('notice') };
}

/** Whoever has the browser can sign in and go on. */
async function judgeBrowser(evidence: Evidence): Promise<void> {
  const { execution } = evidence;
  const login = visit(execution, ['sign in bob'], execution.browser.cookie);
  await settled();
  const isIn = login.status === 200 && Boolean(login.cookie);
  evidence.demand(isIn, '10: the browser can sign in when all is quiet');
  if (!isIn) return;
  const write = visit(execution, ['set'], login.cookie);
  await settled();
  evidence.demand(write.status === 200, '10: the browser can write when all is quiet');
}

/** A request that nothing goes wrong with, to a process that had none before. */
function visit(
  execution: Execution,
  commands: readonly Command[],
  id: string | undefined,
): SearchRequest {
  const plan = { script: { commands }, process: 0, presents: 'cookie', isDelivered: true } as const;
  const process = execution.processes.at(-1)!;
  const around = { process, step: () => 0, onRead: () => undefined, onAnswered: () => undefined };
  const request = new SearchRequest(UNDISTURBED, plan, around);
  request.start(id, 'bob');
  return request;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
