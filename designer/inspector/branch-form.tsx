import { useTranslation } from 'react-i18next';
import { useEditorStore } from '../editor/use-editor.ts';
import { placesOf } from '../model/data-place.ts';
import { isObject } from '../model/data-schema.ts';
import { addressOfBranch, renameBranch } from '../model/edit.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import { BranchFields } from './widgets/branches.tsx';
import { NewName } from './widgets/new-name.tsx';

interface BranchPlace {
  readonly nodeId: string;
  /** From the node to the branch. */
  readonly path: readonly string[];
  readonly branch: { readonly [key: string]: Parameters<typeof BranchFields>[0]['branch'][string] };
}

/** The branch that an address such as `facts/branches/customer` names; undefined if there is none. */
export function branchAt(document: FlowDocument, address: string): BranchPlace | undefined {
  const [nodeId = '', ...path] = address.split('/');
  const [property, name] = path;
  const node = placesOf(document).get(nodeId)?.node;
  const branches = property === undefined ? undefined : node?.[property];
  const branch = isObject(branches) && name !== undefined ? branches[name] : undefined;
  return isObject(branch) ? { nodeId, path, branch } : undefined;
}

/** The form of a branch: its name, its title, and the condition under which it runs. */
export function BranchForm({ nodeId, path, branch }: BranchPlace) {
  const { t } = useTranslation('inspector');
  const editor = useEditorStore();
  const name = path.at(-1) ?? '';
  const rename = (to: string) => {
    const { document, edit, select } = editor.getState();
    const address = [nodeId, ...path].join('/');
    const next = renameBranch(document, address, to);
    if (next === document) return;
    const renamed = addressOfBranch(document, address, to);
    edit(() => next);
    select([renamed]);
  };
  return (
    <form className="heddle-i-form" onSubmit={(event) => event.preventDefault()} aria-label={t('branch', { name })}>
      <header className="heddle-i-node-head">
        <div className="heddle-i-node-type" data-group="control">
          <span>{t('branch', { name })}</span>
        </div>
        <NewName key={name} value={name} label={t('branchName')} onName={rename} />
      </header>
      <BranchFields path={path} branch={branch} />
    </form>
  );
}
