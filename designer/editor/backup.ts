import type { FlowDocument } from '../model/flow-document.ts';

interface Backup {
  readonly document: FlowDocument;
  /** Of the draft that it was made from. */
  readonly revision: number;
}

const keyOf = (flowId: string) => `heddle-unsaved:${flowId}`;

/** Keeps what is not saved yet in this browser; undefined forgets it. A full store is no reason to stop editing. */
export function keepBackup(flowId: string, document: FlowDocument | undefined, revision: number): void {
  try {
    if (document === undefined) localStorage.removeItem(keyOf(flowId));
    else localStorage.setItem(keyOf(flowId), JSON.stringify({ document, revision } satisfies Backup));
  } catch (error) {
    console.warn('the unsaved flow could not be kept in this browser', error);
  }
}

/** What was left unsaved in this browser, if it was made from this revision of the draft. */
export function readBackup(flowId: string, revision: number): FlowDocument | undefined {
  const text = localStorage.getItem(keyOf(flowId));
  if (text === null) return undefined;
  try {
    const backup = JSON.parse(text) as Backup;
    return backup.revision === revision ? backup.document : undefined;
  } catch {
    localStorage.removeItem(keyOf(flowId));
    return undefined;
  }
}
