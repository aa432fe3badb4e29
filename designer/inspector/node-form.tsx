import { Button, Collapse } from 'antd';
import { useTranslation } from 'react-i18next';
import { useEditor, useEditorStore } from '../editor/use-editor.ts';
import { nodeTypeOf, placesOf } from '../model/data-place.ts';
import { nodeFields } from '../model/fields.ts';
import { suggestFor, withSuggestions } from '../model/suggest.ts';
import { acceptSuggestions } from '../model/suggest-confirm.ts';
import { partOf } from '../model/value.ts';
import { Fields, ProblemList } from './field.tsx';
import { Help } from './help.tsx';
import { NodeHead } from './node-head.tsx';
import { useScene } from './scene.ts';

/** The form of one node, made from the schema of its type. */
export function NodeForm(props: {
  readonly nodeId: string;
  readonly onRename: (id: string) => void;
  readonly wide?: boolean;
}) {
  const { t } = useTranslation('inspector');
  const { document, problems } = useScene();
  const node = placesOf(document).get(props.nodeId)?.node;
  if (node === undefined) return null;
  const fields = nodeFields(node.type);
  // A node is JSON; its index type allows undefined only for members that are not there.
  const value = node as unknown as Parameters<typeof partOf>[0];
  const more = fields.filter(({ section }) => section === 'more');
  const used = more.filter(({ name }) => name !== 'next' && partOf(value, [name]) !== undefined).length;
  const hidden = problems.some(({ pointer }) => more.some(({ name }) => pointer.startsWith(`/${name}`)));
  return (
    <form
      className="heddle-i-form"
      onSubmit={(event) => event.preventDefault()}
      aria-label={t('formOf', { id: props.nodeId })}
    >
      <NodeHead
        key={props.nodeId}
        nodeId={props.nodeId}
        node={node}
        onRename={props.onRename}
        wide={props.wide ?? false}
      />
      <ProblemList problems={problems.filter(({ pointer }) => pointer === '' || pointer === '/type')} />
      <SuggestionBar nodeId={props.nodeId} />
      {nodeTypeOf(node.type) === undefined ? (
        <p className="heddle-i-hint">{t('unknownType', { type: node.type })}</p>
      ) : null}
      <Fields fields={fields.filter(({ section }) => section === 'main')} path={[]} value={value} />
      {more.length > 0 ? (
        <Collapse
          ghost
          size="small"
          className="heddle-i-more"
          defaultActiveKey={used > 0 || hidden ? ['more'] : []}
          items={[
            {
              key: 'more',
              label: t('more', { count: used }),
              children: <Fields fields={more} path={[]} value={value} />,
            },
          ]}
        />
      ) : null}
      <Help type={node.type} />
    </form>
  );
}

/** Says that values are only suggested and accepts them at once; or offers to fill in what is missing. */
function SuggestionBar({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation('inspector');
  const { suggested, document, catalogue, readOnly } = useScene();
  const editor = useEditorStore();
  const edit = useEditor((state) => state.edit);
  if (readOnly) return null;
  if (suggested.size > 0) {
    return (
      <div className="heddle-i-suggestions">
        <span>{t('suggestions', { count: suggested.size })}</span>
        <Button size="small" onClick={() => edit((before) => acceptSuggestions(before, nodeId))} title={t('acceptKey')}>
          {t('acceptAll')}
        </Button>
      </div>
    );
  }
  const offered = suggestFor(document, nodeId, catalogue).length;
  if (offered === 0) return null;
  return (
    <div className="heddle-i-suggestions">
      <span>{t('lacking', { count: offered })}</span>
      <Button
        size="small"
        onClick={() => editor.getState().edit((before) => withSuggestions(before, nodeId, catalogue))}
      >
        {t('fillIn')}
      </Button>
    </div>
  );
}
