import { completePaths, formulaFunctions } from '@heddle/engine/expression/index';
import type { languages } from 'monaco-editor/editor';
import { sampleAt, type TrialPlace } from '../model/data-sample.ts';
import { typeAt } from '../model/reach.ts';
import { usePreferences } from '../ui/preferences.ts';
import { functionAround, pathBefore, pathText, wordAround } from './formula-cursor.ts';
import { monaco } from './monaco.ts';

export const FORMULA = 'formula';

type Model = Parameters<languages.CompletionItemProvider['provideCompletionItems']>[0];

/** What can be read where a formula stands, by its model: providers are shared by all editors of the page. */
const places = new WeakMap<Model, () => TrialPlace>();
export const setPlace = (model: Model, place: () => TrialPlace): void => void places.set(model, place);

const language = () => usePreferences.getState().language;
const maxSample = 200;

monaco.languages.register({ id: FORMULA });
monaco.languages.setLanguageConfiguration(FORMULA, {
  brackets: [
    ['(', ')'],
    ['[', ']'],
  ],
  autoClosingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: '"', close: '"' },
  ],
});
monaco.languages.setMonarchTokensProvider(FORMULA, {
  tokenizer: {
    root: [
      [/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/, 'string'],
      [/\d+(\.\d+)?/, 'number'],
      [/\b(true|false|null|in)\b/, 'keyword'],
      [/[A-Za-z]\w*(?=\s*\()/, 'type'],
      [/[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*/, 'variable'],
      [/[-+*/%=<>!&|?:]+/, 'delimiter'],
    ],
  },
});

monaco.languages.registerCompletionItemProvider(FORMULA, {
  triggerCharacters: ['.'],
  provideCompletionItems: (model, position) => {
    const text = model.getValueInRange(new monaco.Range(1, 1, position.lineNumber, position.column));
    const place = places.get(model)?.();
    if (place === undefined) return { suggestions: [] };
    const { prefix, start } = pathBefore(text);
    const startAt = model.getPositionAt(start);
    const range = monaco.Range.fromPositions(startAt, position);
    const paths = completePaths(
      place.reach.schemas,
      prefix.includes('.') ? prefix.slice(0, prefix.lastIndexOf('.') + 1) : '',
    );
    const suggestions: languages.CompletionItem[] = paths.map(({ path, type, title, isRequired }, index) => ({
      label: {
        label: path,
        description: isRequired ? type : `${type}?`,
        ...(title === undefined ? {} : { detail: ` ${title}` }),
      },
      kind: monaco.languages.CompletionItemKind.Field,
      insertText: pathText(path),
      filterText: path,
      sortText: `0${String(index).padStart(4, '0')}`,
      range,
    }));
    if (!prefix.includes('.')) suggestions.push(...functionItems(range));
    return { suggestions };
  },
});

const functionItems = (range: languages.CompletionItem['range']): languages.CompletionItem[] =>
  formulaFunctions.map(({ name, title, doc, arguments: args }) => ({
    label: { label: name, detail: `(${argumentsText(args)})`, description: title[language()] },
    kind: monaco.languages.CompletionItemKind.Function,
    insertText: `${name}($0)`,
    insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
    command: { id: 'editor.action.triggerParameterHints', title: name },
    documentation: doc[language()],
    sortText: `1${name}`,
    range,
  }));

const argumentsText = (args: (typeof formulaFunctions)[number]['arguments']): string =>
  args.map(({ name, kind }) => (kind === 'rest' ? `…${name}` : kind === 'optional' ? `${name}?` : name)).join(', ');

monaco.languages.registerHoverProvider(FORMULA, {
  provideHover: (model, position) => {
    const word = wordAround(model.getValue(), model.getOffsetAt(position));
    const place = places.get(model)?.();
    if (word === undefined || place === undefined) return null;
    const known = formulaFunctions.find(({ name }) => name === word.text);
    if (known !== undefined) {
      const signature = `${known.name}(${argumentsText(known.arguments)})`;
      return {
        contents: [{ value: `**${signature}** — ${known.title[language()]}` }, { value: known.doc[language()] }],
      };
    }
    const type = typeAt(place.reach, word.path);
    if (type === undefined) return null;
    const sample = sampleAt(word.path, place);
    const shown = sample === undefined ? undefined : JSON.stringify(sample, null, 2).slice(0, maxSample);
    return {
      contents: [
        { value: `**${word.path}**: ${type}` },
        ...(shown === undefined ? [] : [{ value: `\`\`\`json\n${shown}\n\`\`\`` }]),
      ],
    };
  },
});

monaco.languages.registerSignatureHelpProvider(FORMULA, {
  signatureHelpTriggerCharacters: ['(', ','],
  provideSignatureHelp: (model, position) => {
    const text = model.getValueInRange(new monaco.Range(1, 1, position.lineNumber, position.column));
    const around = functionAround(text);
    const known = formulaFunctions.find(({ name }) => name === around?.name);
    if (around === undefined || known === undefined) return null;
    const parameters = known.arguments.map(({ name, kind }) => ({
      label: kind === 'rest' ? `…${name}` : kind === 'optional' ? `${name}?` : name,
    }));
    const signature = {
      label: `${known.name}(${parameters.map(({ label }) => label).join(', ')})`,
      documentation: known.doc[language()],
      parameters,
    };
    const activeParameter = Math.min(around.argument, Math.max(0, parameters.length - 1));
    return { value: { signatures: [signature], activeSignature: 0, activeParameter }, dispose: () => {} };
  },
});
