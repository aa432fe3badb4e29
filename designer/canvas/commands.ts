import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { partsOf } from '../model/graph-node.ts';
import { indexOf } from '../model/graph-scope.ts';
import {
  addNote,
  duplicateChosen,
  extendChosen,
  removeChosen,
  selectAll,
  toggleFold,
  toggleManual,
} from './actions.ts';
import type { Camera } from './camera.ts';
import { type Canvas, useCanvas } from './canvas-context.ts';

/** Something that can be done by name, from the search over everything. */
export interface CanvasCommand {
  readonly id: string;
  readonly title: string;
  readonly shortcut?: string;
  readonly run: () => void;
}

/** What the canvas itself can do with what is selected now. */
export function useOwnCommands(camera: Camera): () => readonly CanvasCommand[] {
  const { t } = useTranslation('canvas');
  const canvas = useCanvas();
  return useMemo(
    () => () => {
      const command = (id: string, title: string, run: () => void, shortcut?: string): CanvasCommand => ({
        id: `canvas.${id}`,
        title,
        run,
        ...(shortcut === undefined ? {} : { shortcut }),
      });
      const looking = [
        command('fit', t('fit'), () => camera.fit(), '1'),
        command('zoomIn', t('zoomIn'), () => camera.zoom(1.25), '+'),
        command('zoomOut', t('zoomOut'), () => camera.zoom(0.8), '-'),
        command('actual', t('actual'), () => camera.actual(), '0'),
        command('help', t('help'), () => canvas.moment.setState({ panel: 'help' }), '?'),
        command('selectAll', t('command.selectAll'), () => void selectAll(canvas), 'Ctrl+A'),
      ];
      if (canvas.isReadOnly) return looking;
      const lists = listsOfChosen(canvas);
      return [
        ...looking,
        command('auto', t('auto'), () => toggleManual(canvas)),
        command('note', t('command.addNote'), () => addNote(canvas, camera.middle()), 'n'),
        command('delete', t('command.delete'), () => void removeChosen(canvas), 'Delete'),
        command('duplicate', t('command.duplicate'), () => void duplicateChosen(canvas), 'Ctrl+D'),
        ...(lists?.fold ? [command('fold', t('command.fold'), () => toggleFold(canvas), 'f')] : []),
        ...(lists?.case ? [command('case', t('command.addCase'), () => extendChosen(canvas, 'case'))] : []),
        ...(lists?.error ? [command('error', t('command.addError'), () => extendChosen(canvas, 'error'), 'e')] : []),
        ...(lists?.branch
          ? [command('branch', t('command.addBranch'), () => extendChosen(canvas, 'branch'), 'b')]
          : []),
      ];
    },
    [t, canvas, camera],
  );
}

function listsOfChosen({ editor }: Canvas) {
  const { document, selection } = editor.getState();
  const draft = indexOf(document).nodes.get(selection[0] ?? '')?.draft;
  if (!draft) return undefined;
  const { lists, branches, isContainer } = partsOf(draft);
  return {
    case: lists.option.length > 0,
    error: lists.error.length > 0,
    branch: branches !== undefined,
    fold: isContainer,
  };
}
