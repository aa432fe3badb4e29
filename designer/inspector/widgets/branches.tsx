import { useTranslation } from 'react-i18next';
import { isObject } from '../../model/data-schema.ts';
import { Field, Row } from '../field.tsx';
import type { WidgetProps } from '../scene.ts';

/** The branches of a parallel: a title and a condition for each. The steps in them are on the canvas. */
export function BranchesWidget({ field, path, value, label, id }: WidgetProps) {
  const branches = isObject(value) ? value : {};
  return (
    <Row id={id} label={label} required={field.required} path={path} group>
      <div className="heddle-i-items">
        {Object.entries(branches).map(([name, branch]) => (
          <div key={name} className="heddle-i-named">
            <strong className="heddle-i-branch-name">{name}</strong>
            <BranchFields path={[...path, name]} branch={isObject(branch) ? branch : {}} />
          </div>
        ))}
      </div>
    </Row>
  );
}

/** What a branch has beside its steps. */
export function BranchFields(props: {
  readonly path: WidgetProps['path'];
  readonly branch: { readonly [key: string]: WidgetProps['value'] };
}) {
  const { t } = useTranslation('inspector');
  const { path, branch } = props;
  return (
    <>
      <Field
        field={{ name: 'title', schema: {}, widget: 'translated', required: false, section: 'main' }}
        path={[...path, 'title']}
        value={branch['title']}
      />
      <Field
        field={{ name: 'if', schema: {}, widget: 'condition', required: false, section: 'main' }}
        path={[...path, 'if']}
        value={branch['if']}
        label={t('onlyIf')}
      />
    </>
  );
}
