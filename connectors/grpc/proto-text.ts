import type { Enum, Field, Method, NamespaceBase, OneOf, ReflectionObject, Root, Service, Type } from 'protobufjs';
import { pointerTo } from '../sdk/index.ts';
import { builtInFiles } from './built-in.ts';
import { tidy } from './comments.ts';
import {
  type EnumDescriptor,
  type FieldDescriptor,
  type FileDescriptor,
  fieldTypes,
  type MessageDescriptor,
  type MethodDescriptor,
} from './descriptors.ts';
import { rejected } from './reflection.ts';

type Protobuf = typeof import('protobufjs');

const MAX_TOTAL = 10_000_000;
/** The options that `.proto` files add to. What is added has no meaning here, but has to have a place. */
const OPTIONS = ['File', 'Message', 'Field', 'Oneof', 'Enum', 'EnumValue', 'Service', 'Method', 'ExtensionRange'];

/**
 * Reads `.proto` texts; they import each other by name, and nothing else is ever read.
 *
 * @throws {CallError} `rejected` naming the file, and line or import.
 */
export async function readProtos(protos: Readonly<Record<string, string>>): Promise<readonly FileDescriptor[]> {
  const total = Object.values(protos).reduce((sum, text) => sum + text.length, 0);
  if (total > MAX_TOTAL) throw rejected(`the .proto files have more than ${MAX_TOTAL} characters`, '/protos');
  const { default: protobuf } = await import('protobufjs');
  const root = new protobuf.Root();
  const files = Object.entries(protos)
    .filter(([name]) => !builtInFiles.has(name))
    .map(([name, text]) => ({ name, ...parseText(protobuf, root, name, text) }));
  for (const { name, imports } of files) checkImports(name, imports, protos);
  try {
    addBuiltIn(protobuf, root);
    root.resolveAll();
    return files.map(({ name, imports, packageName }) =>
      new FileReader(protobuf, name).read(root, packageName, imports),
    );
  } catch (error) {
    throw rejected(`the .proto files do not fit together: ${wordsOf(error)}`, '/protos');
  }
}

function parseText(protobuf: Protobuf, root: Root, name: string, text: string) {
  // Read by the parser for its messages and for telling whose an object is.
  Object.assign(protobuf.parse, { filename: name });
  try {
    const {
      package: packageName = '',
      imports = [],
      weakImports = [],
    } = protobuf.parse(text, root, {
      keepCase: true,
      alternateCommentMode: true,
    });
    return { packageName, imports: [...imports, ...weakImports] };
  } catch (error) {
    throw rejected(`${name} cannot be read: ${wordsOf(error)}`, placeOf(name));
  } finally {
    Object.assign(protobuf.parse, { filename: null });
  }
}

function checkImports(name: string, imports: readonly string[], protos: Readonly<Record<string, string>>): void {
  const lost = imports.find((each) => !builtInFiles.has(each) && !Object.hasOwn(protos, each));
  if (lost === undefined) return;
  throw rejected(`${name} imports ${lost}, which is not among the files: give it under this name`, placeOf(name));
}

const placeOf = (name: string) => pointerTo('protos', name);

function addBuiltIn(protobuf: Protobuf, root: Root): void {
  for (const name of ['any', 'duration', 'empty', 'field_mask', 'struct', 'timestamp', 'wrappers']) {
    const common = protobuf.common.get(`google/protobuf/${name}.proto`);
    if (common?.nested) root.addJSON(common.nested);
  }
  const options = OPTIONS.map(
    (each) => [`${each}Options`, { fields: {}, extensions: [[1_000, 2 ** 29 - 1]] }] as const,
  );
  root.addJSON({ google: { nested: { protobuf: { nested: Object.fromEntries(options) } } } } as never);
}

function wordsOf(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply';
  return error instanceof Error ? error.message.slice(0, 300) : String(error);
}

/** What was parsed, in the form that servers give of themselves. All is written as of edition 2023: nothing is implied. */
class FileReader {
  readonly #protobuf: Protobuf;
  readonly #name: string;
  readonly #comments: { path: readonly number[]; leading_comments: string; trailing_comments: string }[] = [];

  constructor(protobuf: Protobuf, name: string) {
    this.#protobuf = protobuf;
    this.#name = name;
  }

  read(root: Root, packageName: string, imports: readonly string[]): FileDescriptor {
    const found = packageName === '' ? root : root.lookup(packageName);
    const own = this.#own(found instanceof this.#protobuf.Namespace ? found : root);
    const { Type, Enum, Service } = this.#protobuf;
    return {
      name: this.#name,
      package: packageName,
      dependency: imports.filter((each) => !builtInFiles.has(each)),
      message_type: own.filter((each) => each instanceof Type).map((each, index) => this.#message(each, [4, index])),
      enum_type: own.filter((each) => each instanceof Enum).map((each, index) => this.#enum(each, [5, index])),
      service: own.filter((each) => each instanceof Service).map((each, index) => this.#service(each, [6, index])),
      source_code_info: { location: this.#comments },
      syntax: 'editions',
      edition: 1_000,
    };
  }

  #own(namespace: NamespaceBase): readonly ReflectionObject[] {
    return namespace.nestedArray.filter(({ filename }) => filename === this.#name);
  }

  #note({ comment }: ReflectionObject, path: readonly number[]): void {
    if (comment) this.#comments.push({ path, leading_comments: tidy(comment), trailing_comments: '' });
  }

  #message(type: Type, path: readonly number[]): MessageDescriptor {
    this.#note(type, path);
    const { Type: TypeClass, Enum } = this.#protobuf;
    const nested = type.nestedArray.filter((each) => each instanceof TypeClass);
    const entries: MessageDescriptor[] = [];
    // A oneof around one optional field is the parser's, not the author's.
    const oneofs = type.oneofsArray.filter((oneof) => !oneof.isProto3Optional);
    const field = type.fieldsArray
      .filter((each) => !each.extend && !each.declaringField)
      .map((each, index) => {
        this.#note(each, [...path, 2, index]);
        if (isMap(each)) entries.push(entryOf(this.#protobuf, each));
        return fieldOf(this.#protobuf, each, oneofs, type.fullName);
      });
    return {
      name: type.name,
      field,
      nested_type: [...nested.map((each, index) => this.#message(each, [...path, 3, index])), ...entries],
      enum_type: type.nestedArray
        .filter((each) => each instanceof Enum)
        .map((each, index) => this.#enum(each, [...path, 4, index])),
      oneof_decl: oneofs.map(({ name }) => ({ name })),
    };
  }

  #enum(type: Enum, path: readonly number[]): EnumDescriptor {
    this.#note(type, path);
    return { name: type.name, value: Object.entries(type.values).map(([name, number]) => ({ name, number })) };
  }

  #service(service: Service, path: readonly number[]) {
    this.#note(service, path);
    const method = service.methodsArray.map((each, index) => {
      this.#note(each, [...path, 2, index]);
      return methodOf(each);
    });
    return { name: service.name, method };
  }
}

/** The library types maps as no fields. */
const isMap = (field: Field): field is Field & { readonly keyType: string } => field.map;

const LABEL_OPTIONAL = 1;
const LABEL_REPEATED = 3;

function fieldOf(protobuf: Protobuf, field: Field, oneofs: readonly OneOf[], owner: string): FieldDescriptor {
  const oneof = oneofs.findIndex(({ name }) => name === field.partOf?.name);
  const presence = field.required ? 3 : field.hasPresence || isMap(field) ? 1 : 2;
  const features = { field_presence: presence, message_encoding: field.delimited ? 2 : 1 };
  return {
    name: field.name,
    number: field.id,
    label: field.repeated || isMap(field) ? LABEL_REPEATED : LABEL_OPTIONAL,
    ...(isMap(field)
      ? { type: typeNumber('message'), type_name: `${owner}.${entryName(field)}` }
      : typeOf(protobuf, field)),
    options: { features, ...(field.repeated && { packed: field.packed }) },
    ...(oneof >= 0 && { oneof_index: oneof }),
    proto3_optional: false,
  };
}

function typeOf(protobuf: Protobuf, field: Field): { readonly type: number; readonly type_name: string } {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) return { type: typeNumber('enum'), type_name: resolvedType.fullName };
  if (resolvedType) return { type: typeNumber('message'), type_name: resolvedType.fullName };
  return { type: typeNumber(field.type), type_name: '' };
}

const typeNumber = (word: string) => fieldTypes.indexOf(word as (typeof fieldTypes)[number]); // 0 and −1 are no types

const entryName = ({ name }: Field) =>
  `${name.replaceAll(/(?:^|_)(.)/g, (_all, letter: string) => letter.toUpperCase())}Entry`;

function entryOf(protobuf: Protobuf, field: Field & { readonly keyType: string }): MessageDescriptor {
  const options = { features: { field_presence: 2, message_encoding: 1 } };
  const shared = { label: LABEL_OPTIONAL, options, proto3_optional: false };
  const key = { name: 'key', number: 1, type: typeNumber(field.keyType), type_name: '', ...shared };
  const value = { name: 'value', number: 2, ...typeOf(protobuf, field), ...shared };
  const own = { nested_type: [], enum_type: [], oneof_decl: [] };
  return { name: entryName(field), field: [key, value], ...own, options: { map_entry: true } };
}

const LEVELS = ['IDEMPOTENCY_UNKNOWN', 'NO_SIDE_EFFECTS', 'IDEMPOTENT'];

function methodOf(method: Method): MethodDescriptor {
  const options: { readonly [name: string]: unknown } = method.options ?? {};
  return {
    name: method.name,
    input_type: method.resolvedRequestType?.fullName ?? method.requestType,
    output_type: method.resolvedResponseType?.fullName ?? method.responseType,
    options: {
      deprecated: options['deprecated'] === true,
      idempotency_level: Math.max(0, LEVELS.indexOf(String(options['idempotency_level']))),
    },
    client_streaming: method.requestStream === true,
    server_streaming: method.responseStream === true,
  };
}
