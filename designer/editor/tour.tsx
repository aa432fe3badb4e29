import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../ui/preferences.ts';

const route = getRouteApi('/app/designer/$flowId');
const stops = ['palette', 'canvas', 'inspector', 'try', 'publish'] as const;

/** Five notes on where things are. They point, and cover nothing that they speak of. */
export function Tour() {
  const { t } = useTranslation('editor');
  const { tour } = route.useSearch();
  const { flowId } = route.useParams();
  const navigate = useNavigate();
  const set = usePreferences((state) => state.set);
  const [at, setAt] = useState(0);
  const stop = stops[at];
  const [box, setBox] = useState<DOMRect>();
  useEffect(() => {
    if (!tour || stop === undefined) return;
    const target = document.querySelector(`[data-tour="${stop}"]`);
    const measure = () => setBox(target?.getBoundingClientRect());
    measure();
    window.addEventListener('resize', measure);
    target?.classList.add('heddle-tour-target');
    return () => {
      window.removeEventListener('resize', measure);
      target?.classList.remove('heddle-tour-target');
    };
  }, [tour, stop]);
  if (!tour || stop === undefined || box === undefined) return null;
  const finish = () => {
    set({ toured: true });
    void navigate({ to: '/app/designer/$flowId', params: { flowId }, search: {}, replace: true });
  };
  return (
    <div
      className="heddle-tour"
      role="dialog"
      aria-label={t(`tour.${stop}.title`)}
      style={placeBeside(box)}
      onKeyDown={(event) => event.key === 'Escape' && finish()}
    >
      <b>{t(`tour.${stop}.title`)}</b>
      <p>{t(`tour.${stop}.body`)}</p>
      <div className="heddle-trial-buttons">
        <span className="heddle-faint heddle-grow">{t('tour.of', { at: at + 1, all: stops.length })}</span>
        {at > 0 ? (
          <Button size="small" onClick={() => setAt(at - 1)}>
            {t('tour.previous')}
          </Button>
        ) : null}
        <Button
          key={stop}
          size="small"
          type="primary"
          autoFocus
          onClick={() => (at === stops.length - 1 ? finish() : setAt(at + 1))}
        >
          {at === stops.length - 1 ? t('tour.finish') : t('tour.next')}
        </Button>
      </div>
    </div>
  );
}

const WIDTH = 300;
const GAP = 12;

/** Where there is room: right of the target, left of it, below it; in the middle of one that fills the page. */
function placeBeside(box: DOMRect): { readonly left: number; readonly top: number } {
  const top = Math.min(Math.max(box.top + GAP, GAP), window.innerHeight - 200);
  if (box.width > window.innerWidth / 2) return { left: box.left + box.width / 2 - WIDTH / 2, top: box.top + GAP };
  if (box.right + GAP + WIDTH < window.innerWidth) {
    return box.height < 60 ? { left: box.left, top: box.bottom + GAP } : { left: box.right + GAP, top };
  }
  if (box.height < 60) return { left: Math.max(GAP, box.right - WIDTH), top: box.bottom + GAP };
  return { left: box.left - WIDTH - GAP, top };
}
