'use strict';
const $ = id => document.getElementById(id);
const statuses = ['pending', 'claimed', 'running', 'paused', 'succeeded', 'failed', 'crashed', 'cancelled', 'killed', 'exception', 'lost'];
// A sign for every status and level, so that colour is not the only distinction.
const signs = {
  pending: '○', claimed: '◐', running: '●', paused: '‖', succeeded: '✓', failed: '✗', crashed: '↯', cancelled: '⊘', killed: '■', exception: '!',
  lost: '?',
  skipped: '»', compensated: '↺', incomplete: '…', error: '!', warn: '△', info: 'i', debug: '·'
};
const causes = {
  reported: 'The worker reported this end.', cancel_confirmed: 'Cancelled on request; no work was left running.',
  cancel_unconfirmed: 'Cancelled on request; the worker never confirmed it.', timeout: 'It ran past its timeout and did not stop when told to.',
  lost_after_claim: 'Its worker claimed it, then stopped reporting before the start.', lost_after_start: 'Its worker stopped reporting after the start.',
  report_rejected: 'Its worker’s final report was refused, then the worker stopped reporting.'
};
const period = 3000, shown = 200;
let timer = 0, turn = 0, pages = 1, drawn = '';

for (const s of statuses) $('status').append(new Option(s, s));

// Data from workers is inserted as text, never as markup, so it cannot inject scripts.
function el(tag, props, ...children) {
  const node = Object.assign(document.createElement(tag), props || {});
  for (const c of children) if (c !== null && c !== undefined) node.append(c);
  return node;
}
const none = v => v === null || v === undefined || v === '';
const sign = s => el('i', { ariaHidden: 'true', textContent: signs[s] || '·' });
const badge = s => el('span', { className: 'badge ' + s }, sign(s), s);
const note = text => el('span', { className: 'note', textContent: text });
function span(ms) {
  if (none(ms)) return '–';
  if (ms < 1000) return Math.round(ms) + ' ms';
  const s = Math.floor(ms / 1000), two = (a, b, x, y) => a + ' ' + x + (b ? ' ' + b + ' ' + y : '');
  if (s < 60) return ms / 1000 === s ? s + ' s' : (ms / 1000).toFixed(1) + ' s';
  if (s < 3600) return two(Math.floor(s / 60), s % 60, 'min', 's');
  return s < 86400 ? two(Math.floor(s / 3600), Math.floor(s % 3600 / 60), 'h', 'min') : two(Math.floor(s / 86400), Math.floor(s % 86400 / 3600), 'd', 'h');
}
function ago(t) {
  const ms = Date.now() - Date.parse(t), s = Math.abs(ms) / 1000;
  if (s < 5) return 'just now';
  const [n, unit] = s < 60 ? [s, 's'] : s < 3600 ? [s / 60, 'min'] : s < 86400 ? [s / 3600, 'h'] : [s / 86400, 'd'];
  return ms < 0 ? 'in ' + Math.floor(n) + ' ' + unit : Math.floor(n) + ' ' + unit + ' ago';
}
const exact = t => new Date(t).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = t => {
  const at = new Date(t),
    text = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false });
  return el('time', {
    dateTime: t, title: exact(t), textContent: (at.toDateString() === new Date().toDateString() ? '' : at.toLocaleDateString() + ' ') + text
  });
};
const when = t => none(t) ? '–' : el('time', { dateTime: t, title: exact(t), className: 'ago', textContent: ago(t) });
const at = t => none(t) ? null : el('span', {}, clock(t), ' ', el('span', { className: 'soft' }, '(', when(t), ')'));
// Elapsed time of something that still runs, computed in the browser so that it advances without a new answer of the silo.
const sofar = from => span(Math.max(0, Math.floor((Date.now() - Date.parse(from)) / 1000) * 1000));
const lasting = (from, ms) => !none(ms) ? span(ms) : none(from) ? '–'
  : el('time', { className: 'since', title: 'so far', dateTime: from, textContent: sofar(from) });
function tick() {
  for (const t of document.querySelectorAll('time.ago')) t.textContent = ago(t.dateTime);
  for (const t of document.querySelectorAll('time.since')) t.textContent = sofar(t.dateTime);
}
async function asked(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (answer.status === 401) throw 'signin';
  if (!answer.ok) throw (await answer.json().catch(() => ({}))).detail || 'The silo answered ' + answer.status + '.';
  return answer;
}
const get = async path => (await asked(path)).json();
function show(id) {
  for (const s of ['signin', 'list', 'one']) $(s).hidden = s !== id;
  $('signout').hidden = id === 'signin';
}
// The page is redrawn only if its data has changed, so that open details stay open and selected text stays selected.
function changed(...what) {
  const text = JSON.stringify(what);
  if (text === drawn) return false;
  drawn = text;
  return true;
}
function table(heads, rows) {
  if (!rows.length) return el('p', { className: 'empty card', textContent: 'None.' });
  const head = el('tr', {}, ...heads.map(([h, c]) => el('th', { textContent: h, className: c === 'num' ? c : '' })));
  const body = rows.map(r => el('tr', {}, ...r.map((c, i) => el('td', { className: heads[i][1] || '' }, none(c) ? '–' : c instanceof Node ? c : String(c)))));
  return el('div', { className: 'card flush' }, el('table', {}, el('thead', {}, head), el('tbody', {}, ...body)));
}
const facts = pairs => el('dl', { className: 'card' }, ...pairs.filter(([, v]) => !none(v)).map(([k, v]) =>
  el('div', {}, el('dt', { textContent: k }), el('dd', {}, v instanceof Node ? v : String(v)))));
const json = v => el('pre', { textContent: typeof v === 'string' ? v : JSON.stringify(v, null, 2) });
const section = (title, page, content) => [el('h2', { textContent: title }), content,
  ...(page && page.nextCursor ? [el('p', { className: 'soft', textContent: 'The first ' + shown + ' are shown; the API returns all.' })] : [])];

function row(e) {
  const failed = e.failedStepCount ? note(e.failedStepCount + ' failed') : null;
  return el('tr', {},
    el('td', {}, badge(e.status), e.resolution ? note('resolved: ' + e.resolution.resolution) : null, e.lateCount ? note(e.lateCount + ' late') : null),
    el('td', { className: 'id' }, el('a', { href: '#' + encodeURIComponent(e.executionId), textContent: e.executionId })),
    el('td', { className: 'name' }, e.workflow, e.namespace === 'default' ? null : note(e.namespace)),
    el('td', { className: 'name' }, e.lastStartedBlock || '–', e.progress && e.progress.message && !e.endedAt ? note(e.progress.message) : null),
    el('td', { className: 'num' }, String(e.stepCount), failed),
    el('td', { className: 'nowrap' }, when(e.createdAt)),
    el('td', { className: 'num' }, lasting(e.startedAt, e.durationMs)));
}
function figure(status, count) {
  const button = el('button', { type: 'button', className: status, ariaPressed: String($('status').value === status) },
    el('b', { textContent: count }), el('span', {}, sign(status), ' ', status));
  button.addEventListener('click', () => { $('status').value = $('status').value === status ? '' : status; pages = 1; refresh(); });
  return button;
}
// Shows why no execution is marked lost at present, if that is so, by the silo's clock. The silo may wait for other silos that do not answer, so the list
// does not wait for this.
const recent = 10 * 60e3, behind = 10e3;
let judging = null, swept = '';
// The janitor's stored record: for each bucket, what it found and how many executions it acted on.
const sweepLine = s => el('div', {}, clock(s.at), ' ' + (s.held ? 'held' : s.acted + ' of ' + s.found) + ' in ' + span(s.durationMs));
function janitor(j) {
  const text = JSON.stringify(j.buckets);
  if (text === swept) return;
  swept = text;
  const sum = name => j.buckets.reduce((total, b) => total + (b[name] || 0), 0);
  $('sweeps').replaceChildren('Janitor: last sweep ', when(j.lastSweep),
    ', ' + sum('acted') + ' of ' + sum('found') + ' due executions acted on, in all sweeps');
  $('buckets').replaceChildren(table(
    [['Bucket', 'num'], ['Last sweep', 'nowrap'], ['Took', 'num'], ['Found', 'num'], ['Acted', 'num'], ['Held'], ['Silo'], ['Last sweeps that acted', 'wide']],
    j.buckets.map(b => [b.bucket, when(b.lastSweep), span(b.lastSweepMs), b.found, b.acted, none(b.lastSweep) ? null : b.held ? 'yes' : 'no', b.silo,
      b.recent.length ? el('div', { className: 'sweeps' }, ...b.recent.map(sweepLine)) : null])));
  $('janitor').hidden = false;
}
async function judge() {
  const answer = await asked('/v1/cluster'), now = Date.parse(answer.headers.get('date')), { janitor: j } = await answer.json();
  const stands = none(j.judgedUntil) || now - Date.parse(j.judgedUntil) > behind,
    last = j.lastOutage && now - Date.parse(j.lastOutage.to) < recent ? j.lastOutage : null;
  const why = j.paused ? ['No execution is marked lost: the janitor is paused.']
    : j.held ? ['No execution is marked lost: there would be more at once than Janitor__MassLossHold allows.']
    : stands ? ['A silo sends no heartbeat. Until its silence is recorded as an outage, no execution is marked lost',
      ...(none(j.judgedUntil) ? ['.'] : [' if its lease ended after ', clock(j.judgedUntil), '.'])]
    : last ? ['The tracker, or one of its silos, was unavailable from ', clock(last.from), ' to ', clock(last.to),
      ': no execution is marked lost for silence in that time or within one lease after it.'] : [];
  janitor(j);
  $('judging').replaceChildren(...why);
  $('judging').hidden = !why.length;
}
async function list(mine) {
  judging ??= judge().catch(() => {}).finally(() => { judging = null; });
  const query = new URLSearchParams({ limit: '50' });
  if ($('q').value) query.set('q', $('q').value);
  if ($('status').value) query.set('status', $('status').value);
  if ($('late').checked) query.set('late', 'true');
  const items = [], filtered = query.size > 1;
  let cursor = null;
  for (let i = 0; i < pages; i++) {
    const page = await get('/v1/executions?' + query);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (!cursor) break;
    query.set('cursor', cursor);
  }
  const { byStatus } = await get('/v1/stats?window=24h');
  if (mine !== turn) return;
  document.title = 'ExecutionGrains';
  show('list');
  if (!changed('list', items, byStatus, $('status').value)) return;
  $('figures').replaceChildren(...statuses.filter(s => byStatus[s] || $('status').value === s).map(s => figure(s, byStatus[s])));
  $('rows').replaceChildren(...items.map(row));
  $('table').hidden = !items.length;
  $('empty').hidden = items.length > 0;
  $('empty').textContent = filtered ? 'No execution matches.'
    : 'No execution has been reported yet. Send POST /v1/executions, or start the sample worker with ./run. /openapi/v1.json describes every call.';
  $('more').hidden = !cursor;
}

function block(m) {
  if (!m) return null;
  const said = none(m.success) ? null : m.success ? 'succeeded' : 'did not succeed';
  return el('span', {}, el('b', { textContent: m.block }), note([m.stepId, m.blockType, said].filter(v => v).join(', ')), at(m.endedAt || m.startedAt));
}
// One bar per step: its time between the first start and the last end of all steps.
function timeline(steps, until) {
  const froms = steps.map(s => Date.parse(s.startedAt || s.endedAt || s.trackerStartedAt)),
    ends = steps.map(s => s.endedAt ? Date.parse(s.endedAt) : until);
  const from = Math.min(...froms), length = Math.max(...ends) - from || 1;
  return steps.map((s, i) => {
    const bar = el('span', { className: s.status + (s.endedAt ? '' : ' open') });
    const left = Math.min(99, (froms[i] - from) / length * 100);
    bar.style.left = left + '%';
    bar.style.width = Math.min(100 - left, Math.max(.5, (ends[i] - froms[i]) / length * 100)) + '%';
    return el('div', { className: 'track', title: exact(froms[i]) + (s.endedAt ? ' – ' + exact(s.endedAt) : ', still open') }, bar);
  });
}
function payloads(s) {
  const parts = [['input', s.input], ['output', s.output], ['error', s.error]].filter(([, v]) => !none(v));
  return parts.length ? el('div', {}, ...parts.map(([k, v]) =>
    el('details', { open: k === 'error' }, el('summary', { textContent: k }),
      json(k === 'error' && v.message ? (v.type ? v.type + ': ' : '') + v.message : v)))) : el('span');
}
function stepTable(steps, epochs, until) {
  const bars = timeline(steps, until), payload = steps.some(s => !none(s.input) || !none(s.output) || !none(s.error));
  return table([['#', 'num'], ['Status'], ['Block', 'name'], ['Time', 'wide'], ['Duration', 'num'], ...(payload ? [['', 'name']] : [])], steps.map((s, i) => [
    s.sequence, badge(s.status),
    el('div', { className: s.parentStepId ? 'child' : '' }, s.block,
      note([s.stepId, s.blockType, epochs > 1 ? 'epoch ' + s.epoch : ''].filter(v => v).join(', '))),
    bars[i], lasting(s.startedAt, s.durationMs), ...(payload ? [payloads(s)] : [])]));
}
function progress(p) {
  if (!p) return null;
  const bar = none(p.percent) ? null : el('progress', { max: 100, value: p.percent });
  return el('span', {}, bar, [none(p.percent) ? '' : p.percent + ' %', p.message || ''].filter(v => v).join(', '));
}
async function one(id, mine) {
  const path = '/v1/executions/' + encodeURIComponent(id);
  const [e, steps, logs, history] = await Promise.all(
    [get(path), ...['steps', 'logs', 'history'].map(p => get(path + '/' + p + '?limit=' + shown))]);
  if (mine !== turn) return;
  document.title = e.executionId + ' – ExecutionGrains';
  show('one');
  if (!changed('one', e, steps, logs, history)) return;
  const d = e.diagnostics, until = e.endedAt ? Date.parse(e.endedAt) : Date.now();
  const seconds = e.lease && e.lease.heartbeatTimeoutSeconds;
  $('one').replaceChildren(
    el('a', { className: 'back', href: '#', textContent: '← All executions' }),
    el('h1', {}, badge(e.status), e.executionId, e.resolution ? el('span', { className: 'badge', textContent: 'resolved: ' + e.resolution.resolution }) : null),
    el('p', {
      className: 'lead',
      textContent: causes[e.cause]
        || (e.status === 'pending' ? 'Waiting for a worker.' : e.status === 'paused' ? 'Paused until it is resumed.' : 'In progress.')
    }),
    facts([['Workflow', e.workflow], ['Namespace', e.namespace], ['Worker', e.workerId],
      ['Triggered by', [e.triggerType, e.triggeredBy].filter(v => v).join(', ')],
      ['Created', at(e.createdAt)], ['Started', at(e.startedAt)], ['Ended', at(e.endedAt)],
      ['Duration', none(e.startedAt) ? null : lasting(e.startedAt, e.durationMs)],
      ['Last contact', at(e.lastContactAt)], ['Lease until', e.endedAt ? null : at(e.leaseExpiresAt)],
      ['Heartbeat timeout', seconds ? span(seconds * 1000) : null],
      ['Progress', progress(e.progress)], ['Epoch', e.epoch], ['Cost', e.cost || null], ['Late events', e.lateCount || null],
      ['Configuration', e.configVersion], ['Labels', Object.entries(e.labels).map(p => p.join(': ')).join(', ')],
      ['Resolution', e.resolution && [e.resolution.resolution, 'by', e.resolution.by].join(' ') + (e.resolution.reason ? ': ' + e.resolution.reason : '')]]),
    el('h2', { textContent: 'Diagnostics' }),
    facts([['Last started block', block(d.lastStartedBlock) || 'none'], ['Last completed block', block(d.lastCompletedBlock) || 'none'],
      ['Finalization path', d.finalizationPath], ['Cause', e.cause], ['Completion failure', d.completionFailure],
      ['Trace spans', d.hasTraceSpans ? d.traceSpanCount : null]]),
    ...(none(e.error) ? [] : section('Error', null, el('div', { className: 'card' }, json(e.error)))),
    ...(none(e.output) ? [] : section('Output', null, el('div', { className: 'card' }, json(e.output)))),
    ...section('Steps', steps, stepTable(steps.items, e.epoch, until)),
    ...section('Logs', logs, table([['At'], ['Level'], ['Source'], ['Message', 'wide']],
      logs.items.map(l => [clock(l.at), badge(l.level), l.source, el('pre', { textContent: l.message })]))),
    ...(e.evidence.length ? section('Evidence: events that arrived after the end', null,
      table([['At'], ['Type'], ['Event', 'name'], ['Payload', 'wide']], e.evidence.map(v => [clock(v.trackerAt), v.type, v.eventId, json(v.payload)]))) : []),
    ...(e.rejections.length ? section('Rejections', null,
      table([['Code'], ['Type'], ['Event', 'name'], ['Message', 'wide'], ['Count', 'num']],
        e.rejections.map(r => [r.code, r.type, r.eventId, r.message, r.count]))) : []),
    ...(e.epochs.length > 1 ? section('Epochs', null,
      table([['Epoch', 'num'], ['Status'], ['Worker', 'name'], ['Claimed'], ['Ended'], ['Last started'], ['Last completed']],
      e.epochs.map(p => [p.epoch, p.status ? badge(p.status) : p.cause, p.workerId, p.claimedAt && clock(p.claimedAt), p.endedAt && clock(p.endedAt),
        p.lastStartedBlock, p.lastCompletedBlock]))) : []),
    ...section('History', history, table([['#', 'num'], ['At'], ['Epoch', 'num'], ['Type'], ['Result'], ['Code'], ['Event', 'name mono']],
      history.items.map(h => [h.sequence, clock(h.trackerAt), h.epoch, h.type, h.result, h.code, h.eventId]))));
}
async function refresh() {
  clearTimeout(timer);
  const mine = ++turn;
  try {
    const id = decodeURIComponent(location.hash.slice(1));
    await (id ? one(id, mine) : list(mine));
    tick();
    if (mine === turn) $('away').hidden = true;
  } catch (failure) {
    if (mine !== turn) return;
    if (failure === 'signin') {
      show('signin');
      $('refused').hidden = !location.search.includes('signin=refused');
      fetch('/signin/methods').then(a => a.json()).then(m => { $('provider').hidden = !m.openIdConnect; }, () => {});
      return;
    }
    $('away').textContent = typeof failure === 'string' ? failure : 'The silo does not answer; retrying.';
    $('away').hidden = false;
  }
  if (mine === turn) timer = setTimeout(() => document.hidden ? refreshLater() : refresh(), period);
}
function refreshLater() { document.addEventListener('visibilitychange', refresh, { once: true }); }
$('filter').addEventListener('submit', e => { e.preventDefault(); refresh(); });
for (const id of ['q', 'status', 'late']) $(id).addEventListener('input', () => { pages = 1; refresh(); });
$('more').addEventListener('click', () => { pages++; refresh(); });
addEventListener('hashchange', () => { scrollTo(0, 0); $('one').replaceChildren(); drawn = ''; refresh(); });
refresh();
