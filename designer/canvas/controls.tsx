import {
  CompassOutlined,
  ExpandOutlined,
  MinusOutlined,
  PartitionOutlined,
  PlusOutlined,
  QuestionOutlined,
} from '@ant-design/icons';
import { useStore as useFlowStore } from '@xyflow/react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { isManual } from '../model/edit.ts';
import { toggleManual } from './actions.ts';
import type { Camera } from './camera.ts';
import { useCanvas } from './canvas-context.ts';

/** Zoom, arrangement, map and help, at the lower left corner. */
export function Controls(props: { readonly camera: Camera; readonly hasMap: boolean; readonly onMap: () => void }) {
  const { t } = useTranslation('canvas');
  const canvas = useCanvas();
  const manual = useStore(canvas.editor, (state) => isManual(state.document));
  const zoom = useFlowStore((state) => Math.round(state.transform[2] * 100));
  return (
    <div className="heddle-controls" role="toolbar" aria-label={t('fit')}>
      <Control name={t('zoomOut')} icon={<MinusOutlined aria-hidden="true" />} onClick={() => props.camera.zoom(0.8)} />
      <button type="button" className="heddle-zoom" title={t('actual')} onClick={() => props.camera.actual()}>
        {zoom}%
      </button>
      <Control name={t('zoomIn')} icon={<PlusOutlined aria-hidden="true" />} onClick={() => props.camera.zoom(1.25)} />
      <Control name={t('fit')} icon={<ExpandOutlined aria-hidden="true" />} onClick={() => props.camera.fit()} />
      {canvas.isReadOnly ? null : (
        <Control
          name={t('auto')}
          icon={<PartitionOutlined aria-hidden="true" />}
          isOn={!manual}
          onClick={() => toggleManual(canvas)}
        />
      )}
      <Control
        name={t('map')}
        icon={<CompassOutlined aria-hidden="true" />}
        isOn={props.hasMap}
        onClick={props.onMap}
      />
      <Control
        name={t('help')}
        icon={<QuestionOutlined aria-hidden="true" />}
        onClick={() => canvas.moment.setState((state) => ({ panel: state.panel === 'help' ? undefined : 'help' }))}
      />
    </div>
  );
}

function Control(props: {
  readonly name: string;
  readonly icon: ReactNode;
  readonly onClick: () => void;
  readonly isOn?: boolean;
}) {
  return (
    <button
      type="button"
      className="heddle-icon-button"
      aria-label={props.name}
      title={props.name}
      {...(props.isOn === undefined ? {} : { 'aria-pressed': props.isOn })}
      onClick={props.onClick}
    >
      {props.icon}
    </button>
  );
}
