import { Button, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFlows } from '../api/flows.ts';
import { Labelled } from '../ui/labelled.tsx';
import { useText } from '../ui/text.ts';
import { hasFilters, type Search, sinceOf, sinces } from './search.ts';
import { Status } from './status.tsx';

const statuses = [
  'running',
  'waiting',
  'needs-operator',
  'compensating',
  'suspended',
  'completed',
  'failed',
  'compensated',
  'cancelled',
];

export function RunFilters(props: {
  readonly search: Search;
  readonly onChange: (change: { readonly [name: string]: string | undefined }) => void;
}) {
  const { search, onChange } = props;
  const { t } = useTranslation('runs');
  const say = useText();
  const flows = useFlows();
  const since = sinceOf(search);
  return (
    <search className="heddle-filters" aria-label={t('filter.label')}>
      <Labelled label={t('filter.status')}>
        {(id) => (
          <Select
            id={id}
            allowClear
            style={{ width: 190 }}
            placeholder={t('filter.anyStatus')}
            value={search['status'] ?? null}
            options={statuses.map((status) => ({ value: status, label: <Status of={status} /> }))}
            onChange={(status) => onChange({ status: status ?? undefined })}
          />
        )}
      </Labelled>
      <Labelled label={t('filter.flow')}>
        {(id) => (
          <Select
            id={id}
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            style={{ width: 230 }}
            placeholder={t('filter.anyFlow')}
            value={search['flow'] ?? null}
            options={(flows.data?.flows ?? []).map((flow) => ({ value: flow.id, label: say(flow.title) ?? flow.id }))}
            onChange={(flow) => onChange({ flow: flow ?? undefined })}
          />
        )}
      </Labelled>
      <Labelled label={t('filter.businessKey')}>
        {(id) => (
          <Input.Search
            id={id}
            key={search['businessKey'] ?? ''}
            allowClear
            style={{ width: 220 }}
            placeholder={t('filter.businessKeyHint')}
            defaultValue={search['businessKey'] ?? ''}
            onSearch={(businessKey) => onChange({ businessKey: businessKey.trim() })}
          />
        )}
      </Labelled>
      <Labelled label={t('filter.time')}>
        {(id) => (
          <Select
            id={id}
            style={{ width: 150 }}
            value={since}
            options={sinces.map((value) => ({ value, label: t(`since.${value}`) }))}
            onChange={(value) =>
              onChange({ since: value === 'any' ? undefined : value, from: undefined, to: undefined })
            }
          />
        )}
      </Labelled>
      {since === 'custom'
        ? (['from', 'to'] as const).map((name) => (
            <Labelled key={name} label={t(`filter.${name}`)}>
              {(id) => (
                <Input
                  id={id}
                  type="datetime-local"
                  style={{ width: 200 }}
                  value={search[name] ?? ''}
                  onChange={(event) => onChange({ [name]: event.target.value })}
                />
              )}
            </Labelled>
          ))
        : null}
      {hasFilters(search) ? (
        <Button
          type="link"
          onClick={() =>
            onChange({
              status: undefined,
              flow: undefined,
              businessKey: undefined,
              since: undefined,
              from: undefined,
              to: undefined,
            })
          }
        >
          {t('filter.clear')}
        </Button>
      ) : null}
    </search>
  );
}
