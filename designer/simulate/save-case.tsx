import type { Mock } from '@heddle/engine/api/contract';
import { Button, Checkbox, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/catalogue.ts';
import { useCases, useSamples, useSaveCase } from '../api/flows.ts';
import { useEditorStore } from '../editor/use-editor.ts';
import { useTrial, useWorkbench } from '../editor/workbench.ts';
import { allMocks, pinnedMocks } from './mocks.ts';
import { readInput, type TrialResult } from './trial.ts';

interface SaveCaseProps {
  readonly result: TrialResult;
  /** Everything was mocked: the case keeps the mocks. */
  readonly mocked: boolean;
  readonly onDone: () => void;
}

/** Keeps the input as a named test case that expects what has just come out. */
export function SaveCase({ result, mocked, onDone }: SaveCaseProps) {
  const { t } = useTranslation('simulate');
  const { flowId, panels } = useWorkbench();
  const editor = useEditorStore();
  const cases = useCases(flowId);
  const catalogue = useCatalogue();
  const samples = useSamples(flowId);
  const save = useSaveCase(flowId);
  const text = useTrial((state) => state.input);
  const number = (cases.data?.cases.length ?? 0) + 1;
  const [name, setName] = useState<string>();
  const [withPath, setWithPath] = useState(true);
  const [withOutput, setWithOutput] = useState(false);

  const keep = async (event: FormEvent) => {
    event.preventDefault();
    const input = readInput(text ?? '');
    if (!input.ok) return;
    const { document } = editor.getState();
    const mocks: Readonly<Record<string, Mock>> = mocked
      ? allMocks({ document, catalogue: catalogue.data ?? new Map(), samples: samples.data })
      : pinnedMocks(document);
    await save.mutateAsync({
      id: freeId(cases.data?.cases.map((each) => each.id) ?? []),
      name: name?.trim() || t('caseName', { number }),
      input: input.value,
      ...(Object.keys(mocks).length > 0 ? { mocks } : {}),
      expect: {
        status: result.status as 'completed',
        ...(result.outcome === undefined ? {} : { outcome: result.outcome }),
        ...(withPath ? { path: pathOf(result) } : {}),
        ...(withOutput ? { output: result.output ?? null } : {}),
      },
    });
    panels.getState().show({ bottom: 'cases' });
    onDone();
  };

  return (
    <form className="heddle-save-case" onSubmit={(event) => void keep(event)}>
      <Input
        autoFocus
        aria-label={t('caseLabel')}
        value={name ?? t('caseName', { number })}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
      <Checkbox checked={withPath} onChange={(event) => setWithPath(event.target.checked)}>
        {t('expectPath')}
      </Checkbox>
      <Checkbox checked={withOutput} onChange={(event) => setWithOutput(event.target.checked)}>
        {t('expectOutput')}
      </Checkbox>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t('keep')}
      </Button>
      {save.error ? <div className="heddle-wrong">{String(save.error)}</div> : null}
    </form>
  );
}

/** The nodes in order of completion, as a case compares them. */
function pathOf({ steps }: TrialResult): string[] {
  return steps
    .filter((step) => step.status === 'completed')
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
    .map((step) => step.node);
}

function freeId(taken: readonly string[]): string {
  for (let number = taken.length + 1; ; number += 1) if (!taken.includes(`case-${number}`)) return `case-${number}`;
}
