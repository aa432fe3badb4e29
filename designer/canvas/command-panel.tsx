import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reveal } from '../model/edit.ts';
import { indexOf } from '../model/graph-scope.ts';
import { detailOf, titleOf } from '../model/graph-text.ts';
import { TypeIcon } from '../palette/index.ts';
import { usePreferences } from '../ui/preferences.ts';
import type { Camera } from './camera.ts';
import { useCanvas } from './canvas-context.ts';
import { changeLayout } from './change-layout.ts';
import { type CanvasCommand, useOwnCommands } from './commands.ts';

const MAX_SHOWN = 50;

interface Found {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly type: string | undefined;
  readonly run: () => void;
}

/** Finds steps by title, id or operation, and commands by name. It stands beside nothing and blocks nothing. */
export function CommandPanel({
  camera,
  commands,
}: {
  readonly camera: Camera;
  readonly commands: readonly CanvasCommand[];
}) {
  const { t } = useTranslation('canvas');
  const { editor, moment } = useCanvas();
  const language = usePreferences((state) => state.language);
  const own = useOwnCommands(camera);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();

  const all = useMemo(() => {
    const { document } = editor.getState();
    const nodes = [...indexOf(document).nodes.values()].map(({ id, draft }): Found & { readonly words: string } => ({
      id,
      title: titleOf(draft, language),
      detail: detailOf(draft) || id,
      type: String(draft.type),
      words: `${id} ${titleOf(draft, 'en')} ${titleOf(draft, 'zh')} ${detailOf(draft)}`.toLowerCase(),
      run: () => {
        changeLayout(editor, (now) => reveal(now, id));
        editor.getState().select([id]);
        moment.setState((state) => ({ focused: id, focusCall: state.focusCall + 1 }));
        camera.reveal(id);
      },
    }));
    const things = [...own(), ...commands].map(({ id, title, shortcut = '', run }) => ({
      id,
      title,
      detail: shortcut,
      type: undefined,
      words: title.toLowerCase(),
      run,
    }));
    return [...nodes, ...things];
  }, [editor, moment, camera, commands, own, language]);

  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((one) => words.every((word) => one.words.includes(word))).slice(0, MAX_SHOWN);
  const close = (): void => moment.setState((state) => ({ panel: undefined, focusCall: state.focusCall + 1 }));
  const run = (one: Found | undefined): void => {
    if (!one) return;
    close();
    one.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape') close();
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(found[active]);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(active + step, 0), found.length - 1);
    setActive(next);
    document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <search className="heddle-panel heddle-commands">
      <input
        type="search"
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-label={t('find')}
        {...(found.length > 0 ? { 'aria-activedescendant': `${listId}-${active}` } : {})}
        placeholder={t('find')}
        // biome-ignore lint/a11y/noAutofocus: it opens because the person has just asked for it
        autoFocus
        autoComplete="off"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={(event) => {
          if (!event.relatedTarget) return;
          moment.setState({ panel: undefined });
        }}
      />
      <div id={listId} role="listbox" aria-label={t('find')} className="heddle-commands-list">
        {found.map((one, at) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the chosen option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
          <div
            key={one.id}
            id={`${listId}-${at}`}
            role="option"
            aria-selected={at === active}
            className="heddle-palette-item"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => run(one)}
          >
            {one.type === undefined ? null : <TypeIcon type={one.type} />}
            <span className="heddle-palette-name">{one.title}</span>
            <span className="heddle-palette-about">{one.detail}</span>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className="heddle-palette-told">{t('nothingFound')}</p> : null}
    </search>
  );
}
