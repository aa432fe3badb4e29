import { Collapse } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../ui/preferences.ts';

// Each is a chunk of its own that is fetched when it is opened.
const pages = import.meta.glob<string>('../../engine/nodes/*/README.md', { query: '?raw', import: 'default' });

const fileOf = (type: string) =>
  `../../engine/nodes/${type.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}/README.md`;

/** What a node type does, in its own words. */
export function Help({ type }: { readonly type: string }) {
  const { t } = useTranslation('inspector');
  const load = pages[fileOf(type)];
  if (load === undefined) return null;
  return (
    <Collapse
      ghost
      size="small"
      className="heddle-i-more"
      items={[{ key: 'help', label: t('help'), children: <HelpText key={type} load={load} /> }]}
    />
  );
}

function HelpText({ load }: { readonly load: () => Promise<string> }) {
  const language = usePreferences((state) => state.language);
  const [text, setText] = useState('');
  useEffect(() => {
    let wanted = true;
    void load().then((loaded) => wanted && setText(loaded));
    return () => {
      wanted = false;
    };
  }, [load]);
  const [english = '', chinese = ''] = text.split(/^# .*$/m).slice(1);
  return (
    <div className="heddle-i-help">
      {(language === 'zh' ? chinese : english)
        .trim()
        .split(/\n(?=- )|\n\n/)
        .map((paragraph) => (
          <p key={paragraph}>{marked(paragraph.replace(/^- /, ''))}</p>
        ))}
    </div>
  );
}

/** `**bold**` and code, which is all that these texts use of Markdown. */
function marked(text: string) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part, index) => {
    // biome-ignore-start lint/suspicious/noArrayIndexKey: the parts of a text have no other name
    if (part.startsWith('**')) return <strong key={index}>{part.slice(2, -2)}</strong>;
    if (part.startsWith('`')) return <code key={index}>{part.slice(1, -1)}</code>;
    // biome-ignore-end lint/suspicious/noArrayIndexKey: as above
    return part;
  });
}
