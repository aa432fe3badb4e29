import { canvas } from './canvas.ts';
import { common } from './common.ts';
import { editor } from './editor.ts';
import { flows } from './flows.ts';
import { formula } from './formula.ts';
import { inspector } from './inspector.ts';
import { messages } from './messages.ts';
import { monitor } from './monitor.ts';
import { palette } from './palette.ts';
import { publish } from './publish.ts';
import { runs } from './runs.ts';
import { services } from './services.ts';
import { settings } from './settings.ts';
import { simulate } from './simulate.ts';
import { tasks } from './tasks.ts';

/** Every text of the designer in this language, by namespace. */
export const texts = {
  canvas,
  common,
  editor,
  flows,
  formula,
  inspector,
  messages,
  monitor,
  palette,
  publish,
  runs,
  services,
  settings,
  simulate,
  tasks,
};
