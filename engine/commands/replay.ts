import { compile } from '../compile/index.ts';
import { type Flow, parse } from '../definition/index.ts';
import { FlowError, type Json } from '../errors.ts';
import { type Journal, type Note, replay } from '../kernel/index.ts';
import { nodeTypes } from '../nodes/index.ts';
import { pathLine } from './path.ts';

/**
 * Replays a run's journal on its own version; with another definition, on that too, and prints where the paths part.
 *
 * @returns the exit code: 0 if the replay agrees with what happened (or there is nothing to compare)
 */
export async function replayCommand(runId: string, other: Json | undefined, engineUrl: string): Promise<number> {
  const response = await fetch(new URL(`/runs/${encodeURIComponent(runId)}/journal`, engineUrl));
  if (!response.ok) throw new FlowError('RUN_NOT_FOUND', `the engine at ${engineUrl} knows no run ${runId}`);
  const { flow, journal, status } = (await response.json()) as { flow: Flow; journal: Journal; status: string };
  const own = replay(compile(flow), journal);
  if (other === undefined) {
    for (const text of own.notes.map(pathLine)) if (text !== undefined) console.log(text);
    console.log(`\n${own.run.status}; the store says ${status}`);
    return own.run.status === status ? 0 : 1;
  }
  const parsed = parse(other, nodeTypes);
  if (!parsed.ok)
    throw new FlowError(
      'FLOW_INVALID',
      parsed.problems.map((problem) => `${problem.pointer} ${problem.message}`).join('; '),
    );
  const changed = replay(compile(parsed.flow), journal);
  const before = own.notes.map(comparable);
  const after = changed.notes.map(comparable);
  const at = before.findIndex((text, index) => text !== after[index]);
  if (at < 0 && before.length === after.length) {
    console.log('both versions take the same path');
    return 0;
  }
  const from = at < 0 ? before.length : at;
  console.log(`the paths part after ${from} steps`);
  for (const note of own.notes.slice(from)) console.log(`- ${pathLine(note) ?? note.kind}`);
  for (const note of changed.notes.slice(from)) console.log(`+ ${pathLine(note) ?? note.kind}`);
  return 1;
}

const comparable = (note: Note) => JSON.stringify(note);
