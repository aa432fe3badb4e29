import { ClockCircleOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useFormat, useNow } from '../ui/use-format.ts';
import { urgencyOf } from './inbox.ts';

/** When a task must be done; what is late or nearly so stands out. @param at epoch ms */
export function Due({ at }: { readonly at: number | undefined }) {
  const { t } = useTranslation('tasks');
  const format = useFormat();
  const now = useNow(30_000);
  if (at === undefined) return null;
  const urgency = urgencyOf(at, now);
  return (
    <span className="heddle-due" data-urgency={urgency} title={format.time(at)}>
      <ClockCircleOutlined aria-hidden /> {t(urgency === 'late' ? 'overdue' : 'due', { when: format.ago(at, now) })}
    </span>
  );
}
