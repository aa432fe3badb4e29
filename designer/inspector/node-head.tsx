import { ExpandOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditor } from '../editor/use-editor.ts';
import { nodeTypeOf, placesOf } from '../model/data-place.ts';
import { isNodeId, renameNode } from '../model/edit.ts';
import type { NodeDraft } from '../model/flow-document.ts';
import { useText } from '../ui/text.ts';
import { Field } from './field.tsx';
import { useScene } from './scene.ts';

/** What a node is, what it is called, and a key that opens it wide. */
export function NodeHead(props: {
  readonly nodeId: string;
  readonly node: NodeDraft;
  readonly onRename: (id: string) => void;
  readonly wide: boolean;
}) {
  const { t } = useTranslation('inspector');
  const text = useText();
  const open = useEditor((state) => state.open);
  const { node, nodeId } = props;
  const type = nodeTypeOf(node.type);
  return (
    <header className="heddle-i-node-head">
      <div className="heddle-i-node-type" data-group={type?.label.group}>
        <span>{text(type?.label.title) ?? node.type}</span>
        {props.wide ? null : (
          <Button
            size="small"
            type="text"
            icon={<ExpandOutlined aria-hidden="true" />}
            onClick={() => open(nodeId)}
            title={t('openWideKey')}
          >
            {t('openWide')}
          </Button>
        )}
      </div>
      <Field
        field={{ name: 'title', schema: {}, widget: 'translated', required: false, section: 'main' }}
        path={['title']}
        value={node['title']}
      />
      <NodeId nodeId={nodeId} onRename={props.onRename} />
    </header>
  );
}

/** The id. It is changed when the author leaves the field, together with everything that names it. */
function NodeId({ nodeId, onRename }: { readonly nodeId: string; readonly onRename: (id: string) => void }) {
  const { t } = useTranslation('inspector');
  const { document, readOnly } = useScene();
  const edit = useEditor((state) => state.edit);
  const id = useId();
  const [text, setText] = useState(nodeId);
  const isTaken = text !== nodeId && placesOf(document).has(text);
  const wrong = isTaken ? t('idTaken', { id: text }) : isNodeId(text) ? undefined : t('idWrong');
  const done = () => {
    if (text === nodeId) return;
    if (wrong !== undefined) return setText(nodeId);
    edit((before) => renameNode(before, nodeId, text));
    onRename(text);
  };
  return (
    <div className="heddle-i-field">
      <div className="heddle-i-field-head">
        <label htmlFor={id}>{t('id')}</label>
        <code className="heddle-i-id-hint">{`steps.${nodeId}`}</code>
      </div>
      <Input
        id={id}
        className="heddle-i-name"
        value={text}
        disabled={readOnly}
        spellCheck={false}
        {...(wrong === undefined ? {} : { status: 'error' as const })}
        onChange={(event) => setText(event.target.value)}
        onBlur={done}
        onPressEnter={done}
      />
      {wrong === undefined ? null : <p className="heddle-i-wrong-text">{wrong}</p>}
    </div>
  );
}
