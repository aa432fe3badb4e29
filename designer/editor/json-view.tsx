import { flowSchema } from '@heddle/engine/definition/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonEditor } from '../formula/index.ts';
import { readDocument } from './file.ts';
import { useEditor, useEditorStore } from './use-editor.ts';
import { useWorkbench } from './workbench.ts';

const schema = flowSchema(nodeTypes);

/** The definition as text. What parses goes to the canvas; what is half typed stays here and harms nothing. */
export function JsonView() {
  const { t } = useTranslation('editor');
  const editor = useEditorStore();
  const document = useEditor((state) => state.document);
  const { flowId, panels } = useWorkbench();
  const [text, setText] = useState(() => {
    const { unfinished } = panels.getState();
    return unfinished?.document === document ? unfinished.text : JSON.stringify(document, null, 2);
  });
  const [broken, setBroken] = useState<string | undefined>(() => faultOf(text));
  /** The document that this text stands for: one that comes from elsewhere (undo, the toolbar) replaces the text. */
  const mine = useRef(document);
  useEffect(() => {
    if (document === mine.current) return;
    mine.current = document;
    setText(JSON.stringify(document, null, 2));
    setBroken(undefined);
  }, [document]);

  const type = (next: string) => {
    setText(next);
    try {
      const read = { ...readDocument(next), id: flowId };
      setBroken(undefined);
      panels.getState().show({ unfinished: undefined });
      if (JSON.stringify(read) === JSON.stringify(mine.current)) return;
      mine.current = read;
      editor.getState().edit(() => read);
    } catch (error) {
      setBroken((error as Error).message);
      panels.getState().show({ unfinished: { text: next, document: mine.current } });
    }
  };

  return (
    <section className="heddle-json-view" aria-label={t('json.label')}>
      <div className={broken === undefined ? 'heddle-faint' : 'heddle-wrong'} role="status">
        {broken === undefined ? t('json.applied') : t('json.broken', { why: broken })}
      </div>
      <div className="heddle-json-editor">
        <JsonEditor value={text} schema={schema} onChange={type} />
      </div>
    </section>
  );
}

function faultOf(text: string): string | undefined {
  try {
    readDocument(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
