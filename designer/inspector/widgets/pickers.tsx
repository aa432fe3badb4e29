import { catalogue as errorCodes } from '@heddle/engine/errors';
import { AutoComplete, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFlows } from '../../api/flows.ts';
import type { CatalogueService } from '../../model/catalogue.ts';
import { nodesOf, nodeTypeOf, placesOf } from '../../model/data-place.ts';
import { partOf } from '../../model/value.ts';
import { useText } from '../../ui/text.ts';
import { Row } from '../field.tsx';
import { useScene, type WidgetProps } from '../scene.ts';
import { useTextDraft } from '../use-text-draft.ts';

interface Option {
  readonly value: string;
  readonly label: string;
}

/** Finds an option by its id or its title. */
const search = {
  filterOption: (text: string, option: Option | undefined) =>
    `${option?.value} ${option?.label}`.toLowerCase().includes(text.toLowerCase()),
};

function Picker(
  props: WidgetProps & { readonly options: readonly Option[]; readonly onPick?: (value: string | undefined) => void },
) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const { field, path, value, label, id, options } = props;
  const shown = typeof value === 'string' && value !== '' ? value : null;
  const known = shown === null || options.some((option) => option.value === shown);
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <Select
        id={id}
        showSearch={search}
        style={{ width: '100%' }}
        value={shown}
        disabled={readOnly}
        allowClear={!field.required}
        placeholder={t('pick')}
        {...(known ? {} : { status: 'error' as const })}
        options={[...options]}
        notFoundContent={t('nothingFound')}
        onChange={(next?: string) => (props.onPick ? props.onPick(next ?? undefined) : change(path, next ?? undefined))}
      />
    </Row>
  );
}

export const ServiceWidget = (props: WidgetProps) => <ServicePicker {...props} />;

/** Any registered service, or those that fit. */
export function ServicePicker(props: WidgetProps & { readonly fits?: (service: CatalogueService) => boolean }) {
  const { catalogue } = useScene();
  const text = useText();
  const { fits = () => true } = props;
  const options = [...catalogue.values()]
    .filter(fits)
    .map(({ id, title }) => ({ value: id, label: named(text(title), id) }));
  return <Picker {...props} options={options} />;
}

/** The operations of the service that stands beside it, else of the node's own. */
export function OperationWidget(props: WidgetProps) {
  const { catalogue, document, nodeId } = useScene();
  const text = useText();
  const node = nodeId === undefined ? undefined : placesOf(document).get(nodeId)?.node;
  const beside = partOf(node as Parameters<typeof partOf>[0], [...props.path.slice(0, -1), 'service']);
  const service = beside ?? node?.['service'];
  const operations = typeof service === 'string' ? catalogue.get(service)?.operations : undefined;
  const options = Object.entries(operations ?? {}).map(([name, { title }]) => ({
    value: name,
    label: named(text(title), name),
  }));
  return <Picker {...props} options={options} />;
}

const named = (title: string | undefined, id: string) =>
  title === undefined || title === id ? id : `${title} · ${id}`;

export function FlowWidget(props: WidgetProps) {
  const { document } = useScene();
  const flows = useFlows();
  const text = useText();
  const options = (flows.data?.flows ?? [])
    .filter(({ id }) => id !== document.id)
    .map(({ id, title }) => ({ value: id, label: named(text(title), id) }));
  return <Picker {...props} options={options} />;
}

/** A node of the same scope. */
export function NodeWidget(props: WidgetProps) {
  const { document, nodeId } = useScene();
  const text = useText();
  const scope = nodeId === undefined ? undefined : placesOf(document).get(nodeId)?.scope;
  const options = (scope === undefined ? [] : nodesOf(scope))
    .filter(([id]) => id !== nodeId)
    .map(([id, node]) => ({ value: id, label: named(text(node['title'] ?? nodeTypeOf(node.type)?.label.title), id) }));
  return <Picker {...props} options={options} />;
}

/** An error code: one of the engine's, one that a `fail` of this flow raises, or any other. */
export function CodeWidget({ field, path, value, label, id }: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, readOnly, document } = useScene();
  const own = [...placesOf(document).values()].flatMap(({ node }) =>
    node.type === 'fail' ? [String(node['code'])] : [],
  );
  const codes = [...new Set(['*', ...own, ...Object.keys(errorCodes)])];
  const { text, type, flush } = useTextDraft(typeof value === 'string' ? value : '', (next) => change(path, next));
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <AutoComplete
        id={id}
        style={{ width: '100%' }}
        value={text}
        disabled={readOnly}
        showSearch={{
          filterOption: (typed, option) => typed === '*' || String(option?.value).includes(typed.toUpperCase()),
        }}
        options={codes.map((code) => ({ value: code, label: code === '*' ? t('anyError') : code }))}
        onChange={type}
        onSelect={(next: string) => change(path, next)}
        onBlur={flush}
      />
    </Row>
  );
}
