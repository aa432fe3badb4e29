/** Protocol Buffers types as the codec and the schemas use them, whatever they were read from. */

export type Scalar =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes';

export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'enum'; readonly enum: EnumType }
  /** `group`: the old layout between two tags instead of behind a length. */
  | { readonly kind: 'message'; readonly message: MessageType; readonly isGroup: boolean };

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: FieldType;
  readonly isRepeated: boolean;
  readonly isPacked: boolean;
  readonly isRequired: boolean;
  /** It can be absent; a field without presence that is absent has its zero value. */
  readonly hasPresence: boolean;
  /** Of a map: `type` is the entry, a message with `key` and `value`. */
  readonly map: { readonly key: Field; readonly value: Field } | undefined;
  /** Of those in a `oneof` at most one is set. */
  readonly oneof: string | undefined;
  readonly description: string | undefined;
}

export interface MessageType {
  /** In full, without a leading dot. */
  readonly name: string;
  readonly description: string | undefined;
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
  readonly byName: ReadonlyMap<string, Field>;
  /** For `google.protobuf.Any`, which names its type when it is there. */
  readonly lookup: (name: string) => MessageType | undefined;
}

export interface EnumType {
  readonly name: string;
  readonly description: string | undefined;
  readonly byName: ReadonlyMap<string, number>;
  /** Of several names for one number the first. */
  readonly byNumber: ReadonlyMap<number, string>;
  /** What a field without presence has when it is absent. */
  readonly zero: string;
}

export interface MethodType {
  readonly name: string;
  readonly description: string | undefined;
  readonly request: MessageType;
  readonly response: MessageType;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  /** `idempotency_level`. */
  readonly effects: 'none' | 'idempotent' | 'unknown';
  readonly isDeprecated: boolean;
}

export interface ServiceType {
  readonly name: string;
  readonly description: string | undefined;
  readonly methods: ReadonlyMap<string, MethodType>;
}

/** All types of a set of files. */
export interface Types {
  readonly services: ReadonlyMap<string, ServiceType>;
  message(name: string): MessageType | undefined;
}

/** Types that cannot be used: a name that leads nowhere, a kind of file that is not known. */
export class TypesError extends Error {
  override readonly name = 'TypesError';
}

/** The enumeration that stands for JSON's null. */
export const nullValue: EnumType = {
  name: 'google.protobuf.NullValue',
  description: undefined,
  byName: new Map([['NULL_VALUE', 0]]),
  byNumber: new Map([[0, 'NULL_VALUE']]),
  zero: 'NULL_VALUE',
};

/**
 * Types of our own, written down in one line per field: `1 string`, `2 repeated Item`, `3 map<string,string>`,
 * `4 optional int32`, `5 oneof bool` (all of a message are in the same oneof).
 */
export function declareTypes(
  declarations: Readonly<Record<string, Readonly<Record<string, string>>>>,
): (name: string) => MessageType {
  const made = new Map<string, MessageType>();
  const lookup = (name: string) => made.get(name);
  const typeOf = (word: string): FieldType => {
    if (word === nullValue.name) return { kind: 'enum', enum: nullValue };
    return Object.hasOwn(declarations, word)
      ? { kind: 'message', message: build(word), isGroup: false }
      : { kind: 'scalar', scalar: word as Scalar }; // written down in this folder
  };

  function build(name: string): MessageType {
    const present = made.get(name);
    if (present) return present;
    const message = messageType({ name, lookup, fields: () => fieldsOf(declarations[name] ?? {}, name) });
    made.set(name, message);
    return message;
  }

  function fieldsOf(lines: Readonly<Record<string, string>>, owner: string): readonly Field[] {
    return Object.entries(lines).map(([name, line]) => {
      const [number = '0', ...words] = line.split(' ');
      const word = words.at(-1) ?? '';
      const pair = /^map<([\w.]+),([\w.]+)>$/.exec(word);
      const isOneof = words[0] === 'oneof';
      const shared = { isRequired: false, oneof: undefined, description: undefined };
      if (pair) {
        const entryFields = [
          { ...plain('key', 1, typeOf(pair[1] ?? '')), ...shared },
          { ...plain('value', 2, typeOf(pair[2] ?? '')), ...shared },
        ] as const;
        const entry = messageType({ name: `${owner}.${name}`, lookup, fields: () => entryFields });
        const type: FieldType = { kind: 'message', message: entry, isGroup: false };
        const map = { key: entryFields[0], value: entryFields[1] };
        return { ...plain(name, Number(number), type), ...shared, isRepeated: true, map };
      }
      const type = typeOf(word);
      const field = { ...plain(name, Number(number), type), ...shared };
      return {
        ...field,
        isRepeated: words[0] === 'repeated',
        oneof: isOneof ? 'kind' : undefined,
        hasPresence: isOneof || words[0] === 'optional' || (type.kind === 'message' && words[0] !== 'repeated'),
      };
    });
  }

  return build;
}

const plain = (name: string, number: number, type: FieldType) => ({
  name,
  number,
  type,
  isRepeated: false,
  isPacked: type.kind === 'scalar' && type.scalar !== 'string' && type.scalar !== 'bytes',
  hasPresence: type.kind === 'message',
  map: undefined,
});

/** Fields are made when they are first looked at: messages may hold themselves. */
export function messageType(parts: {
  readonly name: string;
  readonly description?: string | undefined;
  readonly lookup: (name: string) => MessageType | undefined;
  readonly fields: () => readonly Field[];
}): MessageType {
  let fields: readonly Field[] | undefined;
  let byNumber: ReadonlyMap<number, Field> | undefined;
  let byName: ReadonlyMap<string, Field> | undefined;
  const all = () => {
    fields ??= parts.fields();
    return fields;
  };
  return {
    name: parts.name,
    description: parts.description,
    lookup: parts.lookup,
    get fields() {
      return all();
    },
    get byNumber() {
      byNumber ??= new Map(all().map((field) => [field.number, field]));
      return byNumber;
    },
    get byName() {
      byName ??= new Map(all().map((field) => [field.name, field]));
      return byName;
    },
  };
}
