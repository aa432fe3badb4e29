import { isList, itemsOf } from '../../model/data-schema.ts';
import { sampleOf } from '../../model/sample.ts';
import { Field } from '../field.tsx';
import { ItemList } from '../item-list.tsx';
import type { WidgetProps } from '../scene.ts';

/** A list of values, which can be added, moved and taken out. */
export function ListFields({ field, path, value, label }: WidgetProps) {
  const items = itemsOf(field.schema);
  const isOpen = typeof items === 'object' && Object.keys(items).length === 0;
  return (
    <ItemList
      compact
      path={path}
      items={isList(value) ? value : []}
      label={label}
      beginning={isOpen ? '' : sampleOf(items)}
    >
      {(item, index) => (
        <Field
          field={{ name: field.name, schema: items, widget: 'value', required: true, section: 'main' }}
          path={[...path, index]}
          value={item}
          label={String(index + 1)}
        />
      )}
    </ItemList>
  );
}
