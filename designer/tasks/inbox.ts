export type Box = 'open' | 'mine' | 'done';
export const boxes: readonly Box[] = ['open', 'mine', 'done'];

/** What the page's address says: the box that is open, and the task beside it. */
export interface Place {
  readonly box: Box;
  readonly task?: string;
}

/** @param search as it stands in the address, so anything */
export function placeOf(search: { readonly box?: unknown; readonly task?: unknown }): Place {
  const box = boxes.find((one) => one === search.box) ?? 'open';
  return typeof search.task === 'string' ? { box, task: search.task } : { box };
}

/** What a box asks of `GET /tasks`. @param user the name from the settings; empty: whoever */
export function queryOf(box: Box, user: string, limit: number): { readonly [parameter: string]: string } {
  const query: Record<string, string> = { limit: String(limit) };
  if (box === 'open') {
    query['status'] = 'open';
    if (user !== '') query['user'] = user;
  } else if (box === 'mine') {
    query['status'] = 'claimed';
    if (user !== '') query['claimedBy'] = user;
  } else {
    query['status'] = 'closed';
    query['order'] = 'newest';
  }
  return query;
}

/** How close a task is to being too late. @param now epoch ms */
export function urgencyOf(dueAt: number | undefined, now: number): 'late' | 'soon' | 'none' {
  if (dueAt === undefined) return 'none';
  if (dueAt <= now) return 'late';
  return dueAt - now < 3_600_000 ? 'soon' : 'none';
}

/** A response as the engine keeps it; anything else is left out. */
export interface Response {
  readonly by: string;
  readonly action: string;
  readonly data: unknown;
  /** Epoch ms. */
  readonly at: number;
}

export function responsesOf(responses: readonly unknown[]): Response[] {
  return responses.filter((each): each is Response => {
    const { by, action, at } = (each ?? {}) as Partial<Response>;
    return typeof by === 'string' && typeof action === 'string' && typeof at === 'number';
  });
}
