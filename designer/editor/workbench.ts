import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { loadDraft, saveDraft } from '../api/flows.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import { createDraftSaver, type DraftSaver } from '../publish/draft-saver.ts';
import { createTrial, type Trial, type TrialState } from '../simulate/trial.ts';
import { keepBackup } from './backup.ts';
import { type Checks, type ChecksState, createChecks } from './checks.ts';
import { createEditor, type Editor } from './editor-store.ts';
import { createPanels, type Panels, type PanelsState } from './panels.ts';

/** Everything that lives as long as a flow is open in the designer. */
export interface Workbench {
  readonly flowId: string;
  readonly editor: Editor;
  readonly saver: DraftSaver;
  readonly checks: Checks;
  readonly panels: Panels;
  readonly trial: Trial;
  close(): void;
}

export function openWorkbench(flowId: string, document: FlowDocument, revision: number): Workbench {
  const editor = createEditor(document);
  const saver = createDraftSaver({
    document,
    revision,
    save: (next, at) => saveDraft(flowId, next, at),
    load: () => loadDraft(flowId),
    backup: (next, at) => keepBackup(flowId, next, at),
  });
  const checks = createChecks();
  checks.check(document);
  const stop = editor.subscribe((state, before) => {
    if (state.document === before.document) return;
    saver.changed(state.document);
    checks.check(state.document);
  });
  return {
    flowId,
    editor,
    saver,
    checks,
    panels: createPanels(),
    trial: createTrial(),
    close: () => {
      stop();
      void saver.flush();
      saver.close();
      checks.close();
    },
  };
}

const WorkbenchContext = createContext<Workbench | undefined>(undefined);
export const WorkbenchProvider = WorkbenchContext.Provider;

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (workbench === undefined) throw new Error('this component stands outside of a WorkbenchProvider');
  return workbench;
}

/** One slice of what the checks found. */
export const useChecks = <T>(select: (state: ChecksState) => T): T => useStore(useWorkbench().checks.state, select);

/** One slice of which panels are open. */
export const usePanels = <T>(select: (state: PanelsState) => T): T => useStore(useWorkbench().panels, select);

/** One slice of the run that is being tried. */
export const useTrial = <T>(select: (state: TrialState) => T): T => useStore(useWorkbench().trial, select);
