'use strict';
const $ = id => document.getElementById(id);
const statuses = ['pending', 'claimed', 'running', 'paused', 'succeeded', 'failed', 'crashed', 'cancelled', 'killed', 'exception', 'lost'];
const period = 3000;
let timer = 0, turn = 0, pages = 1;

for (const s of statuses) $('status').append(new Option(s, s));

// Everything that comes from a worker goes in as text, never as markup.
function el(tag, props, ...children) {
  const node = Object.assign(document.createElement(tag), props || {});
  for (const c of children) if (c !== null && c !== undefined) node.append(c);
  return node;
}
const badge = s => el('span', { className: 'badge ' + s, textContent: s });
const when = t => t ? new Date(t).toLocaleString() : '–';
function span(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return ms + ' ms';
  const s = ms / 1000;
  return s < 60 ? s.toFixed(1) + ' s' : s < 3600 ? Math.floor(s / 60) + ' min ' + Math.round(s % 60) + ' s' : (s / 3600).toFixed(1) + ' h';
}
async function get(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (answer.status === 401) throw 'signin';
  if (!answer.ok) throw (await answer.json().catch(() => ({}))).detail || 'The silo answered ' + answer.status + '.';
  return answer.json();
}
function show(id) {
  for (const s of ['signin', 'list', 'one']) $(s).hidden = s !== id;
  $('signout').hidden = id === 'signin';
}
function table(heads, rows) {
  if (!rows.length) return el('p', { className: 'empty card', textContent: 'None.' });
  const head = el('tr', {}, ...heads.map(h => el('th', { textContent: h })));
  const body = rows.map(r => el('tr', {}, ...r.map(c => el('td', {}, c === null || c === undefined ? '–' : c instanceof Node ? c : String(c)))));
  return el('div', { className: 'card flush' }, el('table', {}, el('thead', {}, head), el('tbody', {}, ...body)));
}
const facts = pairs => el('dl', { className: 'card' }, ...pairs.map(([k, v]) =>
  el('div', {}, el('dt', { textContent: k }), el('dd', {}, v === null || v === undefined || v === '' ? '–' : v instanceof Node ? v : String(v)))));
const json = v => el('pre', { textContent: JSON.stringify(v, null, 2) });

function row(e) {
  return el('tr', {},
    el('td', {}, badge(e.status)),
    el('td', {}, el('a', { href: '#' + encodeURIComponent(e.executionId), textContent: e.executionId })),
    el('td', { textContent: e.workflow }),
    el('td', { textContent: e.lastCompletedBlock || e.lastStartedBlock || '–' }),
    el('td', { className: 'num', textContent: e.stepCount + (e.failedStepCount ? ' (' + e.failedStepCount + ' failed)' : '') }),
    el('td', { className: 'when', textContent: when(e.createdAt) }),
    el('td', { className: 'num', textContent: span(e.durationMs) }));
}
async function list(mine) {
  const query = new URLSearchParams({ limit: '50' });
  if ($('q').value) query.set('q', $('q').value);
  if ($('status').value) query.set('status', $('status').value);
  if ($('late').checked) query.set('late', 'true');
  const items = [];
  let cursor = null;
  for (let i = 0; i < pages; i++) {
    const page = await get('/v1/executions?' + query);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (!cursor) break;
    query.set('cursor', cursor);
  }
  const stats = await get('/v1/stats?window=24h');
  if (mine !== turn) return;
  $('figures').replaceChildren(...statuses.filter(s => stats.byStatus[s]).map(s =>
    el('div', {}, el('b', { textContent: stats.byStatus[s] }), el('span', { className: s, textContent: s }))));
  $('rows').replaceChildren(...items.map(row));
  $('empty').hidden = items.length > 0;
  $('more').hidden = !cursor;
  show('list');
}
function marker(m) { return m ? m.block + ' (' + m.stepId + '), ' + when(m.endedAt || m.startedAt) : null; }
async function one(id, mine) {
  const path = '/v1/executions/' + encodeURIComponent(id);
  const [e, steps, logs, history] = await Promise.all(
    [get(path), get(path + '/steps?limit=200'), get(path + '/logs?limit=200'), get(path + '/history?limit=200')]);
  if (mine !== turn) return;
  const d = e.diagnostics;
  $('one').replaceChildren(
    el('a', { className: 'back', href: '#', textContent: '← All executions' }),
    el('h1', {}, badge(e.status), ' ', e.executionId),
    facts([['Workflow', e.workflow], ['Namespace', e.namespace], ['Cause', e.cause], ['Finalization path', e.finalizationPath],
      ['Epoch', e.epoch], ['Worker', e.workerId], ['Triggered by', e.triggerType + ', ' + e.triggeredBy], ['Created', when(e.createdAt)],
      ['Started', when(e.startedAt)], ['Ended', when(e.endedAt)], ['Duration', span(e.durationMs)], ['Last contact', when(e.lastContactAt)],
      ['Lease until', when(e.leaseExpiresAt)], ['Cost', e.cost], ['Progress', e.progress && [e.progress.percent !== null ? e.progress.percent + ' %' : '', e.progress.message || ''].join(' ')],
      ['Resolution', e.resolution && e.resolution.resolution + ' by ' + e.resolution.by], ['Labels', Object.entries(e.labels).map(p => p.join(': ')).join(', ')]]),
    el('h2', { textContent: 'Markers' }),
    facts([['Last started block', marker(d.lastStartedBlock)], ['Last completed block', marker(d.lastCompletedBlock)], ['Completion failure', d.completionFailure]]),
    ...(e.output === null && e.error === null ? [] : [el('h2', { textContent: 'End' }), el('div', { className: 'card' }, json({ output: e.output, error: e.error }))]),
    el('h2', { textContent: 'Steps' }),
    table(['#', 'Status', 'Block', 'Step', 'Started', 'Duration', 'Error'], steps.items.map(s =>
      [s.sequence, badge(s.status), s.block, s.stepId, when(s.startedAt), span(s.durationMs), s.error === null ? '' : json(s.error)])),
    el('h2', { textContent: 'Logs' }),
    table(['At', 'Level', 'Source', 'Message'], logs.items.map(l => [when(l.at), el('span', { className: l.level, textContent: l.level }), l.source, el('pre', { textContent: l.message })])),
    el('h2', { textContent: 'Evidence' }),
    table(['At', 'Type', 'Event', 'Payload'], e.evidence.map(v => [when(v.trackerAt), v.type, v.eventId, json(v.payload)])),
    el('h2', { textContent: 'Rejections' }),
    table(['Code', 'Type', 'Event', 'Message', 'Count'], e.rejections.map(r => [r.code, r.type, r.eventId, r.message, r.count])),
    el('h2', { textContent: 'History' }),
    table(['#', 'At', 'Epoch', 'Type', 'Result', 'Code'], history.items.map(h => [h.sequence, when(h.trackerAt), h.epoch, h.type, h.result, h.code])));
  show('one');
}
async function refresh() {
  clearTimeout(timer);
  const mine = ++turn;
  try {
    const id = decodeURIComponent(location.hash.slice(1));
    await (id ? one(id, mine) : list(mine));
    $('away').hidden = true;
  } catch (failure) {
    if (mine !== turn) return;
    if (failure === 'signin') {
      show('signin');
      $('refused').hidden = !location.search.includes('signin=refused');
      return;
    }
    $('away').textContent = typeof failure === 'string' ? failure : 'The silo does not answer; trying again.';
    $('away').hidden = false;
  }
  if (mine === turn) timer = setTimeout(() => document.hidden ? refreshLater() : refresh(), period);
}
function refreshLater() { document.addEventListener('visibilitychange', refresh, { once: true }); }
$('filter').addEventListener('submit', e => { e.preventDefault(); refresh(); });
for (const id of ['q', 'status', 'late']) $(id).addEventListener('input', () => { pages = 1; refresh(); });
$('more').addEventListener('click', () => { pages++; refresh(); });
addEventListener('hashchange', () => { scrollTo(0, 0); refresh(); });
refresh();
