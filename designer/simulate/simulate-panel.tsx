import { ForwardOutlined, PauseCircleOutlined, StepForwardOutlined } from '@ant-design/icons';
import type { Json } from '@heddle/engine/errors';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/catalogue.ts';
import { useSamples } from '../api/flows.ts';
import { useEditor, useEditorStore } from '../editor/use-editor.ts';
import { useTrial, useWorkbench } from '../editor/workbench.ts';
import { indexOf } from '../model/graph-scope.ts';
import { allMocks } from './mocks.ts';
import { readInput, resultOfSimulation } from './trial.ts';
import { ClearTrial, TrialFailure } from './trial-parts.tsx';
import { TrialResultView } from './trial-result.tsx';
import { TrialInput } from './try-panel.tsx';

/** Runs the draft in this browser with mocked answers: step by step, or up to a breakpoint. */
export function SimulatePanel() {
  const { t } = useTranslation('simulate');
  const { flowId } = useWorkbench();
  const editor = useEditorStore();
  const catalogue = useCatalogue();
  const samples = useSamples(flowId);
  const trial = useTrial((state) => state);
  const selected = useEditor((state) => state.selection[0]);
  const nodes = useEditor((state) => state.document);
  const [failure, setFailure] = useState<string>();
  const canBreak = selected !== undefined && indexOf(nodes).nodes.has(selected);

  const go = async (how: 'step' | 'run') => {
    const input = readInput(trial.input ?? '');
    if (!input.ok) return;
    // The kernel is loaded when it is first needed.
    const [{ runOn, startSimulation, stepOnce, stepsOf, isOver }, { soundFlow }] = await Promise.all([
      import('./session.ts'),
      import('./sound-flow.ts'),
    ]);
    const { document } = editor.getState();
    const { under } = trial;
    const isGoingOn = under !== undefined && under.document === document && !isOver(under.simulation);
    const begin = () => {
      const sound = soundFlow(document as unknown as Json);
      if (!sound.ok) return undefined;
      const mocks = allMocks({ document, catalogue: catalogue.data ?? new Map(), samples: samples.data });
      return { document, mocks, simulation: startSimulation(sound.flow, input.value, Date.now()) };
    };
    const now = isGoingOn ? under : begin();
    setFailure(now === undefined ? t('hasErrors') : undefined);
    if (now === undefined) return;
    const answer = ({ node }: { readonly node: string }) => (now.mocks[node] ?? { output: {} }) as { output: Json };
    const isStopped = !isGoingOn && now.simulation.entered.some((node) => trial.breakpoints.has(node));
    const next =
      isStopped || (!isGoingOn && how === 'step')
        ? now.simulation
        : how === 'step'
          ? stepOnce(now.simulation, answer)
          : runOn(now.simulation, answer, trial.breakpoints);
    const steps = stepsOf(next);
    trial.set({
      under: { ...now, simulation: next },
      result: resultOfSimulation(next, steps),
      shown: steps.at(-1)?.id,
    });
  };

  return (
    <div className="heddle-trial">
      <div className="heddle-trial-input">
        <TrialInput onRun={() => void go('run')} />
        <div className="heddle-trial-buttons">
          <Button type="primary" icon={<ForwardOutlined />} onClick={() => void go('run')}>
            {t('simulate')}
          </Button>
          <Button icon={<StepForwardOutlined />} onClick={() => void go('step')}>
            {t('step')}
          </Button>
          <Button
            icon={<PauseCircleOutlined />}
            disabled={!canBreak}
            aria-pressed={canBreak && trial.breakpoints.has(selected)}
            title={t('breakpointHint')}
            onClick={() => canBreak && trial.toggleBreakpoint(selected)}
          >
            {canBreak && trial.breakpoints.has(selected) ? t('noBreakpoint') : t('breakpoint')}
          </Button>
          <ClearTrial />
        </div>
        <TrialFailure message={failure} />
        <div className="heddle-faint">{t('simulateHint')}</div>
      </div>
      <TrialResultView />
    </div>
  );
}
