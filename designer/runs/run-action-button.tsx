import { Button, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRunAction } from '../api/runs.ts';
import type { RunAction } from './allowed.ts';
import { AskReason, AskSignal } from './run-action-form.tsx';

/** A button that asks beside itself before it acts, so that the run stays in sight. */
export function RunActionButton(props: {
  readonly action: RunAction;
  readonly runId: string;
  readonly events: readonly string[];
}) {
  const { action, runId, events } = props;
  const { t } = useTranslation('runs');
  const [isOpen, setOpen] = useState(false);
  const act = useRunAction(runId);
  const send = async (path: string, body?: unknown) => {
    // A refusal stays on `act` and is shown beside the button.
    await act.mutateAsync({ path, body }).then(
      () => setOpen(false),
      () => undefined,
    );
  };
  const isDangerous = action === 'terminate' || action === 'cancel';
  return (
    <Popover
      open={isOpen}
      onOpenChange={(wanted) => {
        act.reset();
        setOpen(wanted);
      }}
      trigger="click"
      placement="bottomRight"
      destroyOnHidden
      content={
        action === 'signal' ? (
          <AskSignal
            events={events}
            isBusy={act.isPending}
            refusal={act.error}
            onSend={(name, correlation, payload) =>
              void send(
                `/signals/${encodeURIComponent(name)}${correlation === '' ? '' : `?correlation=${encodeURIComponent(correlation)}`}`,
                payload ?? null,
              )
            }
            onClose={() => setOpen(false)}
          />
        ) : (
          <AskReason
            action={action}
            isBusy={act.isPending}
            refusal={act.error}
            onConfirm={(reason) => void send(`/${action}`, reason === '' ? undefined : { reason })}
            onClose={() => setOpen(false)}
          />
        )
      }
    >
      <Button danger={isDangerous} type={action === 'retry' || action === 'resume' ? 'primary' : 'default'}>
        {t(`action.${action}`)}
      </Button>
    </Popover>
  );
}
