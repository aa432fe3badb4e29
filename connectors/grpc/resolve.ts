import { builtInFiles, builtInType } from './built-in.ts';
import { commentsOf } from './comments.ts';
import {
  type EnumDescriptor,
  type FieldDescriptor,
  type FileDescriptor,
  fieldTypes,
  type MessageDescriptor,
} from './descriptors.ts';
import {
  type EnumType,
  type Field,
  type FieldType,
  type MessageType,
  type MethodType,
  messageType,
  nullValue,
  type Scalar,
  type ServiceType,
  type Types,
  TypesError,
} from './types.ts';

interface Place {
  readonly file: FileDescriptor;
  /** In the file, as source info names places. */
  readonly path: readonly number[];
}

interface DescribedMessage extends Place {
  readonly descriptor: MessageDescriptor;
}

interface DescribedEnum extends Place {
  readonly descriptor: EnumDescriptor;
}

const LABEL_REQUIRED = 2;
const LABEL_REPEATED = 3;
const MAX_TYPES = 50_000;

/**
 * Puts names and types together. Messages are worked out when they are first looked at, so that what leads nowhere only
 * harms the methods that use it.
 *
 * @throws {TypesError} if a file is of a kind that is not known, or has too many types.
 */
export function resolveTypes(files: readonly FileDescriptor[]): Types {
  const messages = new Map<string, DescribedMessage>();
  const enums = new Map<string, DescribedEnum>();
  const made = new Map<string, MessageType>();
  const madeEnums = new Map<string, EnumType>();

  for (const file of files) {
    if (!['', 'proto2', 'proto3', 'editions'].includes(file.syntax))
      throw new TypesError(`${file.name} has the syntax ${JSON.stringify(file.syntax)}, which is not known`);
    if (builtInFiles.has(file.name)) continue;
    const prefix = file.package === '' ? '' : `${file.package}.`;
    for (const [index, each] of file.message_type.entries()) addMessage(file, each, prefix, [4, index]);
    for (const [index, each] of file.enum_type.entries()) addEnum(file, each, prefix, [5, index]);
  }
  if (messages.size + enums.size > MAX_TYPES) throw new TypesError(`there are more than ${MAX_TYPES} types`);

  function addMessage(file: FileDescriptor, descriptor: MessageDescriptor, prefix: string, path: readonly number[]) {
    const name = prefix + descriptor.name;
    messages.set(name, { file, descriptor, path });
    for (const [index, each] of descriptor.nested_type.entries())
      addMessage(file, each, `${name}.`, [...path, 3, index]);
    for (const [index, each] of descriptor.enum_type.entries()) addEnum(file, each, `${name}.`, [...path, 4, index]);
  }

  function addEnum(file: FileDescriptor, descriptor: EnumDescriptor, prefix: string, path: readonly number[]) {
    enums.set(prefix + descriptor.name, { file, descriptor, path });
  }

  function message(name: string): MessageType | undefined {
    const present = made.get(name) ?? builtInType(name, message);
    if (present) return present;
    const described = messages.get(name);
    if (!described) return undefined;
    const type = messageType({
      name,
      description: commentsOf(described.file, described.path),
      lookup: message,
      fields: () => described.descriptor.field.map((field, index) => fieldOf(field, described, name, index)),
    });
    made.set(name, type);
    return type;
  }

  function enumOf(name: string): EnumType | undefined {
    if (name === nullValue.name) return nullValue;
    const present = madeEnums.get(name);
    if (present) return present;
    const described = enums.get(name);
    const [first] = described?.descriptor.value ?? [];
    if (!described || !first) return undefined;
    const { value } = described.descriptor;
    const type: EnumType = {
      name,
      description: commentsOf(described.file, described.path),
      byName: new Map(value.map((each) => [each.name, each.number])),
      byNumber: new Map(value.toReversed().map((each) => [each.number, each.name])),
      zero: first.name,
    };
    madeEnums.set(name, type);
    return type;
  }

  function fieldOf(field: FieldDescriptor, owner: DescribedMessage, ownerName: string, index: number): Field {
    const at = `${ownerName}.${field.name}`;
    const isRepeated = field.label === LABEL_REPEATED;
    const type = typeOf(field, owner, ownerName, at);
    const [key, value] = entryFields(type, isRepeated);
    const presence = presenceOf(field, owner);
    return {
      name: field.name,
      number: field.number,
      type,
      isRepeated,
      isPacked: isPacked(field, owner.file, type),
      isRequired: presence === 'required',
      hasPresence: !isRepeated && (type.kind === 'message' || presence !== 'implicit'),
      map: key && value && { key, value },
      // An optional field of proto3 is alone in a oneof that nobody wrote.
      oneof:
        field.oneof_index === undefined || field.proto3_optional
          ? undefined
          : (owner.descriptor.oneof_decl[field.oneof_index]?.name ?? String(field.oneof_index)),
      description: commentsOf(owner.file, [...owner.path, 2, index]),
    };
  }

  function typeOf(field: FieldDescriptor, owner: DescribedMessage, ownerName: string, at: string): FieldType {
    const word = fieldTypes[field.type] ?? '';
    const name = field.type_name;
    if (word === 'enum') {
      const found = named(name, ownerName, enumOf);
      if (found) return { kind: 'enum', enum: found };
    } else if (word === 'message' || word === 'group') {
      const found = named(name, ownerName, message);
      if (found)
        return { kind: 'message', message: found, isGroup: word === 'group' || isDelimited(field, owner.file) };
    } else if (word !== '') return { kind: 'scalar', scalar: word as Scalar }; // the others are messages and enums
    throw new TypesError(`${at} is of the type ${name || field.type}, which is not described`);
  }

  function entryFields(type: FieldType, isRepeated: boolean): readonly (Field | undefined)[] {
    if (!isRepeated || type.kind !== 'message') return [];
    if (messages.get(type.message.name)?.descriptor.options?.map_entry !== true) return [];
    return [type.message.byNumber.get(1), type.message.byNumber.get(2)];
  }

  const services = new Map<string, ServiceType>();
  for (const file of files) {
    file.service.forEach((service, serviceIndex) => {
      const name = file.package === '' ? service.name : `${file.package}.${service.name}`;
      const methods = new Map<string, MethodType>();
      service.method.forEach((method, index) => {
        const typed = (fullName: string) => {
          const found = named(fullName, name, message);
          if (found) return found;
          throw new TypesError(`${name}/${method.name} has the message ${fullName}, which is not described`);
        };
        methods.set(method.name, {
          name: method.name,
          description: commentsOf(file, [6, serviceIndex, 2, index]),
          get request() {
            return typed(method.input_type);
          },
          get response() {
            return typed(method.output_type);
          },
          clientStreaming: method.client_streaming,
          serverStreaming: method.server_streaming,
          effects: EFFECTS[method.options?.idempotency_level ?? 0] ?? 'unknown',
          isDeprecated: method.options?.deprecated === true,
        });
      });
      services.set(name, { name, description: commentsOf(file, [6, serviceIndex]), methods });
    });
  }
  return { services, message };
}

/** Names are in full behind a dot; some servers leave the dot out and mean the nearest, from the inside outwards. */
function named<Found>(name: string, from: string, find: (fullName: string) => Found | undefined): Found | undefined {
  if (name.startsWith('.')) return find(name.slice(1));
  for (let scope = from; scope !== ''; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.')))) {
    const found = find(`${scope}.${name}`);
    if (found) return found;
  }
  return find(name);
}

const EFFECTS = ['unknown', 'none', 'idempotent'] as const;
const PRESENCES = ['', 'explicit', 'implicit', 'required'] as const;

function presenceOf(field: FieldDescriptor, owner: DescribedMessage): 'explicit' | 'implicit' | 'required' {
  const { file } = owner;
  if (file.syntax === 'editions') {
    if (field.oneof_index !== undefined) return 'explicit';
    const declared = [field.options, owner.descriptor.options, file.options].map(
      (options) => PRESENCES[options?.features?.field_presence ?? 0] || undefined,
    );
    return declared.find((each) => each !== undefined) ?? 'explicit';
  }
  if (file.syntax === 'proto3')
    return field.proto3_optional || field.oneof_index !== undefined ? 'explicit' : 'implicit';
  return field.label === LABEL_REQUIRED ? 'required' : 'explicit';
}

function isDelimited(field: FieldDescriptor, file: FileDescriptor): boolean {
  if (file.syntax !== 'editions') return false;
  return (field.options?.features?.message_encoding || file.options?.features?.message_encoding) === 2;
}

/** How a list is sent; read is either. */
function isPacked(field: FieldDescriptor, file: FileDescriptor, type: FieldType): boolean {
  const isLong = type.kind === 'message' || (type.kind === 'scalar' && ['string', 'bytes'].includes(type.scalar));
  if (isLong || field.label !== LABEL_REPEATED) return false;
  return field.options?.packed ?? (file.syntax !== '' && file.syntax !== 'proto2');
}
