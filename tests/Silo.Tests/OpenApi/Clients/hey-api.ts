import { client } from './hey-api/client.gen.js';
import { claimExecution, createExecution, getExecution, listExecutions, reportEvents } from './hey-api/sdk.gen.js';
import type { Event, PageViewOfExecutionSummary } from './hey-api/types.gen.js';
import { id, key, others, url, type Life } from './life.js';

client.setConfig({ baseUrl: url, auth: () => key });

const { data: created } = await createExecution({
  throwOnError: true,
  body: { executionId: id, workflow: id, labels: { region: 'eu' }, start: { workerId: 'w1', incarnation: 'i1' } },
});
const report = async (...events: Event[]) => (await reportEvents({
  throwOnError: true,
  auth: () => created.token!,
  path: { id },
  body: { epoch: created.epoch, events },
})).data;

const batch = await report(
  { type: 'step.started', eventId: 'e1', stepId: 's1', block: 'extract' },
  { type: 'step.completed', eventId: 'e2', stepId: 's1', outcome: 'success', cost: 0.5 },
  { type: 'step.completed', eventId: 'e3', stepId: 's1', outcome: 'fail' });
const beat = await report({ type: 'heartbeat', progress: { percent: 50 } });
const end = await report({ type: 'execution.completed', eventId: 'e4', outcome: 'success', output: { rows: 12 } });
const { data: detail } = await getExecution({ throwOnError: true, path: { id } });

for (const other of others) await createExecution({ throwOnError: true, body: { executionId: other, workflow: id } });
const pages: number[] = [];
let cursor: string | null = null;
do {
  const page: PageViewOfExecutionSummary = (await listExecutions({
    throwOnError: true,
    query: { workflow: [id], limit: 2, cursor: cursor ?? undefined },
  })).data;
  pages.push(page.items.length);
  cursor = page.nextCursor;
} while (cursor);

const { error, response } = await claimExecution({ path: { id }, body: { workerId: 'w2' } });
const life: Life = {
  created: created.status,
  results: batch.results.map(r => r.result),
  code: batch.results[2]!.code,
  beat: beat.results[0]!.result,
  ended: end.status!,
  detail: { status: detail.status, block: detail.lastCompletedBlock, progress: detail.progress?.percent ?? null, region: detail.labels.region! },
  pages,
  problem: { status: response!.status, code: error!.code, executionStatus: error!.executionStatus },
};
console.log(JSON.stringify(life));
