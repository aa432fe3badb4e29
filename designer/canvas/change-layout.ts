import type { Editor } from '../editor/editor-store.ts';
import type { FlowDocument } from '../model/flow-document.ts';

/** Changes how a flow is shown. Where nothing may be edited that is still possible: it is not saved anywhere. */
export function changeLayout(editor: Editor, change: (document: FlowDocument) => FlowDocument): void {
  const { readOnly, document, edit } = editor.getState();
  if (readOnly) editor.setState({ document: change(document) });
  else edit(change);
}
