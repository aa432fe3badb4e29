import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditor, useEditorStore } from '../../editor/use-editor.ts';
import { placesOf } from '../../model/data-place.ts';
import type { Samples } from '../../model/data-sample.ts';
import { isOpen } from '../focus-exchange.ts';
import type { InspectorProps } from '../inspector.tsx';
import { NodeForm } from '../node-form.tsx';
import { NodeScene } from '../node-scene.tsx';
import { Incoming } from './incoming.tsx';
import { Outgoing } from './outgoing.tsx';
import '../inspector.css';

/** One step in three columns: what comes in, how it is configured, what comes out. Escape closes it. */
export function WideStep({ nodeId, ...props }: InspectorProps & { readonly nodeId: string }) {
  const { t } = useTranslation('inspector');
  const editor = useEditorStore();
  const open = useEditor((state) => state.open);
  const isThere = useEditor((state) => placesOf(state.document).has(nodeId));
  const region = useRef<HTMLElement>(null);
  // What the engine sends is JSON.
  const samples = useMemo(() => props.samples as Samples, [props.samples]);
  useEffect(() => {
    region.current?.focus();
  }, []);
  useEffect(() => {
    if (!isThere) open(undefined);
  }, [isThere, open]);
  useEffect(() => {
    // A list or an editor inside that closes by Escape has prevented it.
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isOpen(event.target)) open(undefined);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [open]);
  if (!isThere) return null;
  const rename = (id: string) => {
    editor.getState().select([id]);
    editor.getState().open(id);
  };
  return (
    <section ref={region} className="heddle-i-wide" tabIndex={-1} aria-label={t('wide.label', { id: nodeId })}>
      <NodeScene key={nodeId} nodeId={nodeId} problems={props.problems} catalogue={props.catalogue} samples={samples}>
        <section className="heddle-i-wide-column" aria-label={t('wide.in')}>
          <h2>{t('wide.in')}</h2>
          <Incoming nodeId={nodeId} />
        </section>
        <section className="heddle-i-wide-column heddle-i-wide-middle" aria-label={t('wide.configuration')}>
          <div className="heddle-i-wide-title">
            <h2>{t('wide.configuration')}</h2>
            <Button
              size="small"
              icon={<CloseOutlined aria-hidden="true" />}
              onClick={() => open(undefined)}
              title={t('wide.closeKey')}
            >
              {t('wide.close')}
            </Button>
          </div>
          <NodeForm nodeId={nodeId} onRename={rename} wide />
        </section>
        <section className="heddle-i-wide-column" aria-label={t('wide.out')}>
          <h2>{t('wide.out')}</h2>
          <Outgoing nodeId={nodeId} />
        </section>
      </NodeScene>
    </section>
  );
}
