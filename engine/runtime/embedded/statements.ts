/**
 * The journal's statements, prepared once in the database thread. In every append the first statement is the fence: it
 * inserts a row that only one writer can insert.
 */
export const statements = {
  runStart:
    'INSERT INTO runs (run_id, flow_id, version, status, busy, business_key, parent_run, started_at, updated_at, snapshot_sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)',
  event: 'INSERT INTO journal (run_id, sequence, event) VALUES (?, ?, ?)',
  runState: 'UPDATE runs SET status = ?, busy = ?, updated_at = ?, finished_at = NULL WHERE run_id = ?',
  runRest: 'UPDATE runs SET status = ?, busy = ?, updated_at = ?, snapshot = ?, snapshot_sequence = ? WHERE run_id = ?',
  runEnd:
    'UPDATE runs SET status = ?, busy = 0, outcome = ?, error_code = ?, error_message = ?, error_node = ?, updated_at = ?, finished_at = ?, snapshot = NULL, snapshot_sequence = 0 WHERE run_id = ?',
  request: 'INSERT INTO requests (flow_id, key, body_hash, run_id, at) VALUES (?, ?, ?, ?, ?)',
  timerSet:
    'INSERT INTO timers (run_id, effect_id, due_at) VALUES (?, ?, ?) ON CONFLICT (run_id, effect_id) DO UPDATE SET due_at = excluded.due_at',
  timerDone: 'DELETE FROM timers WHERE run_id = ? AND effect_id = ?',
  timersClear: 'DELETE FROM timers WHERE run_id = ?',
  waitSet:
    'INSERT INTO waits (run_id, effect_id, name, correlation) VALUES (?, ?, ?, ?) ON CONFLICT (run_id, effect_id) DO NOTHING',
  waitDone: 'DELETE FROM waits WHERE run_id = ? AND effect_id = ?',
  waitsClear: 'DELETE FROM waits WHERE run_id = ?',
  early: 'INSERT INTO early_events (event_id, name, correlation, payload, at) VALUES (?, ?, ?, ?, ?)',
  received: 'INSERT INTO received (message_id, at) VALUES (?, ?) ON CONFLICT (message_id) DO NOTHING',
  earlyTaken: 'DELETE FROM early_events WHERE event_id = ?',
  cancelOrdered: 'INSERT INTO cancellations (run_id) VALUES (?) ON CONFLICT (run_id) DO NOTHING',
  cancelDone: 'DELETE FROM cancellations WHERE run_id = ?',
  taskOpen:
    "INSERT INTO tasks (task_id, run_id, effect_id, flow_id, node, title, form, data, assignees, groups, actions, responses, status, due_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', 'open', ?, ?) ON CONFLICT (task_id) DO NOTHING",
  taskResponses: 'UPDATE tasks SET responses = ? WHERE run_id = ? AND effect_id = ?',
  taskClose:
    "UPDATE tasks SET status = ?, closed_at = ? WHERE run_id = ? AND effect_id = ? AND status IN ('open', 'claimed')",
  tasksClear: "UPDATE tasks SET status = 'cancelled', closed_at = ? WHERE run_id = ? AND status IN ('open', 'claimed')",
} as const;

export type StatementName = keyof typeof statements;
