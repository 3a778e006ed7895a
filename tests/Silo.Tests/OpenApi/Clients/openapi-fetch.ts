import createClient from 'openapi-fetch';
import { id, key, others, url, type Life } from './life.js';
import type { components, paths } from './openapi-typescript/schema.js';

const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });

function of<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const created = of(await client.POST('/v1/executions', {
  body: { executionId: id, workflow: id, labels: { region: 'eu' }, start: { workerId: 'w1', incarnation: 'i1' } },
}));
const report = async (...events: components['schemas']['Event'][]) => of(await client.POST('/v1/executions/{id}/events', {
  params: { path: { id } },
  headers: { Authorization: `Bearer ${created.token}` },
  body: { epoch: created.epoch, events },
}));

const batch = await report(
  { type: 'step.started', eventId: 'e1', stepId: 's1', block: 'extract' },
  { type: 'step.completed', eventId: 'e2', stepId: 's1', outcome: 'success', cost: 0.5 },
  { type: 'step.completed', eventId: 'e3', stepId: 's1', outcome: 'fail' });
const beat = await report({ type: 'heartbeat', progress: { percent: 50 } });
const end = await report({ type: 'execution.completed', eventId: 'e4', outcome: 'success', output: { rows: 12 } });
const detail = of(await client.GET('/v1/executions/{id}', { params: { path: { id } } }));

for (const other of others) of(await client.POST('/v1/executions', { body: { executionId: other, workflow: id } }));
const pages: number[] = [];
let cursor: string | null = null;
do {
  const page: components['schemas']['PageViewOfExecutionSummary'] = of(await client.GET('/v1/executions', {
    params: { query: { workflow: [id], limit: 2, cursor: cursor ?? undefined } },
  }));
  pages.push(page.items.length);
  cursor = page.nextCursor;
} while (cursor);

const { error, response } = await client.POST('/v1/executions/{id}/claim', { params: { path: { id } }, body: { workerId: 'w2' } });
const life: Life = {
  created: created.status,
  results: batch.results.map(r => r.result),
  code: batch.results[2]!.code,
  beat: beat.results[0]!.result,
  ended: end.status!,
  detail: { status: detail.status, block: detail.lastCompletedBlock, progress: detail.progress?.percent ?? null, region: detail.labels.region! },
  pages,
  problem: { status: response.status, code: error!.code, executionStatus: error!.executionStatus },
};
console.log(JSON.stringify(life));
