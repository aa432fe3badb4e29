import type { Activity, Due } from '../compile/program.ts';
import { FlowError, type Json, type JsonObject } from '../errors.ts';
import {
  addBusinessDays,
  atTimeOfDay,
  type Calendar,
  type Data,
  evaluate,
  parseDuration,
  test,
} from '../expression/index.ts';
import { asFlowError, type Draft, effectId, errorAt, type Frame, type Mutable } from './draft.ts';
import type { TaskEffect } from './effect.ts';
import type { ForEachState, ParallelState, PlainEffect, RegionState } from './run.ts';
import { sameJson, takeSignal } from './signal.ts';

/** History that each fanned-out item may add to the run's allowance. */
const EVENTS_PER_ITEM = 10;

type Of<K extends Activity['kind']> = Extract<Activity, { kind: K }>;

/** Carries out the activity of the node that was just entered: emits its effect, or does it here and goes on. */
export function perform(d: Draft, frame: Frame): void {
  const state = d.stateOf(frame);
  const id = effectId(frame, state.id);
  try {
    start(d, frame, id, state.activity, d.data(frame));
  } catch (thrown) {
    d.push({ kind: 'raise', frame, error: errorAt(asFlowError(thrown), state.id, id) });
  }
}

function start(d: Draft, frame: Frame, id: string, activity: Activity, data: Data): void {
  switch (activity.kind) {
    case 'call':
      return startCall(d, frame, id, activity, data);
    case 'timer': {
      const dueAt = dueTime(activity.due, data);
      entered(d, frame, id, new Date(dueAt).toISOString());
      d.setActivity(frame, { kind: 'timer', id, dueAt });
      d.effects.push({ kind: 'timer', id, dueAt });
      return;
    }
    case 'await-event':
      return awaitEvent(d, frame, id, activity, data);
    case 'task':
      return startTask(d, frame, id, activity, data);
    case 'start-run':
      return startRun(d, frame, id, activity, data);
    case 'script': {
      const input = evaluate(activity.input, data);
      entered(d, frame, id, input);
      return ask(d, frame, {
        kind: 'script',
        id,
        node: frame.scope.state,
        source: activity.source,
        input,
        timeoutMs: activity.timeoutMs,
      });
    }
    case 'emit':
      return startEmit(d, frame, id, activity, data);
    case 'respond': {
      const status = Number(evaluate(activity.status, data));
      if (!Number.isInteger(status) || status < 200 || status > 599)
        throw new FlowError('EXPRESSION_TYPE', `a response status is an integer from 200 to 599, not ${status}`);
      const body = evaluate(activity.body, data);
      const headers = textMap(activity.headers === undefined ? {} : evaluate(activity.headers, data));
      entered(d, frame, id);
      d.run.responded = true;
      d.effects.push({ kind: 'respond', id, status, body, headers });
      d.note({ kind: 'responded', id, node: frame.scope.state, at: d.at, status, body });
      d.push({ kind: 'complete', frame, output: body });
      return;
    }
    case 'assign': {
      const values = Object.fromEntries(
        Object.entries(activity.values).map(([name, value]) => [name, evaluate(value, data)]),
      );
      entered(d, frame, id);
      frame.scope.vars = { ...frame.scope.vars, ...values };
      d.push({ kind: 'complete', frame, output: values });
      return;
    }
    case 'choose':
      throw (
        d.choiceError ??
        new FlowError('CHOICE_UNMATCHED', `no condition of ${frame.scope.state} holds and it has no \`otherwise\``)
      );
    case 'parallel':
      return openParallel(d, frame, id, activity, data);
    case 'for-each':
      return openForEach(d, frame, id, activity, data);
    case 'region': {
      const dueAt = activity.timeoutMs === undefined ? undefined : d.at + activity.timeoutMs;
      const region = {
        kind: 'region',
        id,
        node: frame.scope.state,
        ...(dueAt === undefined ? {} : { dueAt }),
      } as Mutable<RegionState>;
      entered(d, frame, id);
      d.setActivity(frame, region);
      const held = d.container(frame, id);
      if (held) d.push({ kind: 'start', frame: d.open(frame, held, 0, activity.scope) });
      if (dueAt !== undefined) d.effects.push({ kind: 'timer', id: `${id}:timeout`, dueAt });
      return;
    }
    case 'end': {
      const output = activity.output === undefined ? undefined : evaluate(activity.output, data);
      entered(d, frame, id);
      const shown = output ?? (activity.whole ? null : frame.scope.last);
      d.note({ kind: 'completed', id, node: frame.scope.state, at: d.at, output: shown });
      if (activity.whole)
        return d.push({
          kind: 'end-flow',
          output: output ?? null,
          ...(activity.outcome === undefined ? {} : { outcome: activity.outcome }),
        });
      if (output !== undefined || activity.outcome !== undefined) {
        frame.scope.ended = {
          output: output ?? null,
          ...(activity.outcome === undefined ? {} : { outcome: activity.outcome }),
        };
      }
      return d.push({ kind: 'leave', frame, port: 'next' });
    }
    case 'fail': {
      const message = evaluate(activity.message, data);
      const details = activity.details === undefined ? undefined : evaluate(activity.details, data);
      entered(d, frame, id);
      const error = {
        code: activity.code,
        message: typeof message === 'string' ? message : JSON.stringify(message),
        node: frame.scope.state,
        effectId: id,
      };
      d.push({ kind: 'raise', frame, error: details === undefined ? error : { ...error, details } });
      return;
    }
    default:
      return activity satisfies never;
  }
}

function entered(d: Draft, frame: Frame, id: string, input?: Json): void {
  if (d.notes === undefined) return;
  const state = d.stateOf(frame);
  d.note({
    kind: 'entered',
    id,
    node: state.id,
    type: state.type,
    at: d.at,
    ...(input === undefined ? {} : { input }),
  });
}

/** An effect that only has an answer. */
function ask(d: Draft, frame: Frame, effect: PlainEffect): void {
  d.setActivity(frame, { kind: 'plain', id: effect.id, effect });
  d.effects.push(effect);
}

function startCall(d: Draft, frame: Frame, id: string, activity: Of<'call'>, data: Data): void {
  const input = evaluate(activity.input, data);
  entered(d, frame, id, input);
  d.setActivity(frame, {
    kind: 'call',
    id,
    phase: 'calling',
    attempt: 1,
    input,
    since: d.at,
    queries: 0,
    unknown: false,
  });
  d.effects.push({
    kind: 'call',
    id,
    node: frame.scope.state,
    service: activity.service,
    operation: activity.operation,
    input,
    attempt: 1,
    ...(activity.timeoutMs === undefined ? {} : { timeoutMs: activity.timeoutMs }),
  });
}

function awaitEvent(d: Draft, frame: Frame, id: string, activity: Of<'await-event'>, data: Data): void {
  const correlation = activity.correlation === undefined ? undefined : evaluate(activity.correlation, data);
  entered(d, frame, id, correlation);
  const early = takeSignal(
    d,
    activity.name,
    activity.bufferMs,
    (signal) => correlation === undefined || sameJson(signal.correlation, correlation),
  );
  if (early !== undefined) return d.push({ kind: 'complete', frame, output: early.payload });
  const dueAt = activity.timeoutMs === undefined ? undefined : d.at + activity.timeoutMs;
  const optional = { ...(correlation === undefined ? {} : { correlation }), ...(dueAt === undefined ? {} : { dueAt }) };
  d.setActivity(frame, { kind: 'await-event', id, name: activity.name, order: d.run.sequence, ...optional });
  d.effects.push({
    kind: 'await-event',
    id,
    node: frame.scope.state,
    name: activity.name,
    ...(correlation === undefined ? {} : { correlation }),
  });
  if (dueAt !== undefined) d.effects.push({ kind: 'timer', id: `${id}:timeout`, dueAt });
}

function startTask(d: Draft, frame: Frame, id: string, { task }: Of<'task'>, data: Data): void {
  const value = (field: Json | undefined) => (field === undefined ? undefined : evaluate(field, data));
  const assignees = textList(value(task.assignees), 'assignees');
  const dueAt = task.dueMs === undefined ? undefined : d.at + task.dueMs;
  const need = task.need === 'all' ? Math.max(1, assignees.length) : task.need;
  const form = value(task.form);
  const shown = value(task.data);
  const effect: TaskEffect = {
    kind: 'task',
    id,
    node: frame.scope.state,
    title: evaluate(task.title, data),
    assignees,
    groups: textList(value(task.groups), 'groups'),
    actions: task.actions.map((action, index) => ({ ...action, need: action.need ?? (index === 0 ? need : 1) })),
    ...(form === undefined ? {} : { form }),
    ...(shown === undefined ? {} : { data: shown }),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
  entered(d, frame, id, shown);
  d.setActivity(frame, { kind: 'task', id, effect, responses: [] });
  d.effects.push(effect);
  if (dueAt !== undefined) d.effects.push({ kind: 'timer', id: `${id}:timeout`, dueAt });
}

function startRun(d: Draft, frame: Frame, id: string, activity: Of<'start-run'>, data: Data): void {
  const { maxDepth } = d.program.limits;
  if (d.run.depth >= maxDepth) throw new FlowError('DEPTH_LIMIT', `sub-flows nest at most ${maxDepth} deep`);
  const input = evaluate(activity.input, data);
  entered(d, frame, id, input);
  d.run.children += 1;
  const runId = `${d.run.id}~${d.run.children}`;
  ask(d, frame, {
    kind: 'start-run',
    id,
    node: frame.scope.state,
    runId,
    flow: activity.flow,
    version: activity.version,
    input,
    wait: activity.wait,
  });
}

function startEmit(d: Draft, frame: Frame, id: string, activity: Of<'emit'>, data: Data): void {
  const topic = evaluate(activity.topic, data);
  if (typeof topic !== 'string' || topic === '')
    throw new FlowError('EXPRESSION_TYPE', 'a topic is a text that is not empty');
  const key = activity.key === undefined ? undefined : evaluate(activity.key, data);
  const payload = evaluate(activity.payload, data);
  entered(d, frame, id, payload);
  ask(d, frame, {
    kind: 'emit',
    id,
    node: frame.scope.state,
    topic,
    payload,
    ...(key === undefined ? {} : { key: typeof key === 'string' ? key : JSON.stringify(key) }),
    ...(activity.delayMs === undefined ? {} : { delayMs: activity.delayMs }),
    ...(activity.service === undefined ? {} : { service: activity.service }),
  });
}

function openParallel(d: Draft, frame: Frame, id: string, activity: Of<'parallel'>, data: Data): void {
  const chosen = activity.branches.filter((branch) => branch.condition === undefined || test(branch.condition, data));
  entered(
    d,
    frame,
    id,
    chosen.map((branch) => branch.name),
  );
  const need = activity.need === 'all' ? chosen.length : activity.need === 'any' ? 1 : activity.need;
  if (need > chosen.length)
    throw new FlowError('NEED_NOT_MET', `${need} branches are needed, ${chosen.length} have a condition that holds`);
  if (chosen.length === 0) return d.push({ kind: 'complete', frame, output: {} });
  const parallel: ParallelState = {
    kind: 'parallel',
    id,
    node: frame.scope.state,
    branches: {},
    succeeded: 0,
    errors: [],
  };
  d.setActivity(frame, parallel);
  const held = d.container(frame, id);
  if (held === undefined) return;
  for (const branch of chosen) d.push({ kind: 'start', frame: d.open(frame, held, branch.name, branch.scope) });
}

function openForEach(d: Draft, frame: Frame, id: string, activity: Of<'for-each'>, data: Data): void {
  const items = evaluate(activity.items, data);
  if (!Array.isArray(items)) throw new FlowError('EXPRESSION_TYPE', '`items` is not a list');
  const { maxItems } = d.program.limits;
  if (items.length > maxItems)
    throw new FlowError('FAN_OUT_LIMIT', `a forEach takes at most ${maxItems} items, not ${items.length}`);
  entered(d, frame, id, items.length);
  if (typeof activity.need === 'number' && activity.need > items.length)
    throw new FlowError('NEED_NOT_MET', `${activity.need} items are needed, there are ${items.length}`);
  if (items.length === 0) {
    if (activity.need === 'any') throw new FlowError('NEED_NOT_MET', 'one item is needed, there is none');
    return d.push({ kind: 'complete', frame, output: [] });
  }
  d.run.allowance += items.length * EVENTS_PER_ITEM;
  const container: ForEachState = {
    kind: 'for-each',
    id,
    node: frame.scope.state,
    items,
    slots: items.map(() => null),
    next: 0,
    active: 0,
    succeeded: 0,
    failed: 0,
    yielded: false,
  };
  d.setActivity(frame, container);
  d.push({ kind: 'fan-out', frame, containerId: id });
}

function dueTime(due: Due, data: Data): number {
  if (due.kind === 'for') {
    const duration = evaluate(due.duration, data);
    const ms = typeof duration === 'string' ? parseDuration(duration) : undefined;
    if (ms === undefined)
      throw new FlowError('EXPRESSION_TYPE', `${JSON.stringify(duration)} is no duration such as 90s or PT2H`);
    return data.now + ms;
  }
  if (due.kind === 'until') {
    const date = evaluate(due.date, data);
    const at = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(at)) throw new FlowError('EXPRESSION_TYPE', `${JSON.stringify(date)} is no ISO 8601 date`);
    return at;
  }
  const days = evaluate(due.days, data);
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 0)
    throw new FlowError('EXPRESSION_TYPE', `\`days\` is a whole number of business days, not ${JSON.stringify(days)}`);
  const calendar = (due.calendar === undefined ? {} : evaluate(due.calendar, data)) as Calendar;
  const day = addBusinessDays(data.now, days, calendar);
  if (due.at === undefined) return day;
  const at = atTimeOfDay(day, due.at, calendar.timeZone);
  // With 0 days, a time that has passed today means the next business day.
  return at < data.now ? atTimeOfDay(addBusinessDays(day, 1, calendar), due.at, calendar.timeZone) : at;
}

function textList(value: Json | undefined, name: string): readonly string[] {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((item): item is string => typeof item === 'string'))
    throw new FlowError('EXPRESSION_TYPE', `\`${name}\` is a list of texts`);
  return list;
}

function textMap(value: Json): { readonly [name: string]: string } {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new FlowError('EXPRESSION_TYPE', '`headers` is an object of texts');
  return Object.fromEntries(Object.entries(value as JsonObject).map(([name, text]) => [name, String(text)]));
}
