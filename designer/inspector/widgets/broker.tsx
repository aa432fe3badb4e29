import { useTranslation } from 'react-i18next';
import { useConnectors } from '../../api/services.ts';
import { isObject } from '../../model/data-schema.ts';
import { fieldsOfSchema } from '../../model/fields.ts';
import { flowProperty } from '../../model/value.ts';
import { Fields, Row } from '../field.tsx';
import { useScene, type WidgetProps } from '../scene.ts';
import { ServicePicker } from './pickers.tsx';
import { JsonWidget } from './structure.tsx';

/** What connectors have messages, by protocol, with the schema of what to read. */
function useBrokers() {
  const { data } = useConnectors();
  return new Map((data?.connectors ?? []).flatMap(({ protocol, source }) => (source ? [[protocol, source]] : [])));
}

/** A service whose connector can read messages; any service until it is known which can. */
export function BrokerWidget(props: WidgetProps) {
  const brokers = useBrokers();
  return <ServicePicker {...props} fits={({ connector }) => brokers.size === 0 || brokers.has(connector)} />;
}

/** What to read of the service that stands beside it, in the words of its connector. */
export function SourceWidget(props: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { catalogue, document } = useScene();
  const brokers = useBrokers();
  const { path, value, id } = props;
  const service = flowProperty(document, [...path.slice(0, -1), 'service']);
  const connector = typeof service === 'string' ? catalogue.get(service)?.connector : undefined;
  const schema = connector === undefined ? undefined : brokers.get(connector);
  if (connector === undefined) return null;
  if (!isObject(schema)) return <JsonWidget {...props} label={t('trigger.source')} />;
  return (
    <Row id={id} label={t('trigger.source')} required path={path} group>
      <div className="heddle-i-object">
        <Fields fields={fieldsOfSchema(schema)} path={path} value={value} />
      </div>
    </Row>
  );
}
